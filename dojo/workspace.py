"""The learner's files: the shipped stub brought back, never without a backup."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dojo import katas as places
from dojo.files import locked, write_all
from dojo.pristine import Pristine

if TYPE_CHECKING:
    from dojo.katas import Kata


class NothingToReset(Exception):
    """The file is the shipped stub already."""


def reset(kata: Kata) -> Path | None:
    """Put the shipped stub in place of the learner's file and return the backup of what was there.

    None when there was no file. Raises NothingToReset, ValueError when no stub was shipped, and
    OSError when the backup or the stub cannot be written: the learner's file is then as it was.
    """
    stubs = Pristine()
    stub = stubs.text(kata)
    if stub is None:
        raise ValueError(f"{kata.id} has no shipped stub in {stubs.file}, so nothing was changed.")
    if stubs.holds(kata):
        raise NothingToReset
    with locked(places.ROOT / ".dojo" / "backups.lock"):
        if stubs.holds(kata):  # another terminal was first
            raise NothingToReset
        try:
            kept = {_free_name(kata): kata.file.read_bytes()}
        except FileNotFoundError:
            kept = {}
        put = _as_checked_out(stub, kata).encode()
        write_all({**kept, kata.file: put})  # the backup is there before the file changes
    return next(iter(kept), None)


def _as_checked_out(text: str, kata: Kata) -> str:
    """`text` with the line ends that git gave this copy, as the suite shows: with others git calls it modified."""
    try:
        ends = b"\r\n" in kata.suite.read_bytes()
    except OSError:
        ends = False
    return text.replace("\n", "\r\n") if ends else text


def _free_name(kata: Kata) -> Path:
    """A dated file in .dojo/backups that is not there yet."""
    stem = f"{kata.slug}.{datetime.now():%Y-%m-%dT%H-%M-%S}"
    names = itertools.chain([f"{stem}.py"], (f"{stem}-{n}.py" for n in itertools.count(2)))
    files = (places.ROOT / ".dojo" / "backups" / name for name in names)
    return next(file for file in files if not file.exists())
