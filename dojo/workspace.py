"""The learner's files: the shipped stub brought back, never without a backup."""

from __future__ import annotations

import itertools
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dojo import katas as places
from dojo.files import write_atomically
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
    kept = back_up(kata)
    write_atomically(kata.file, _as_checked_out(stub, kata).encode())
    return kept


def _as_checked_out(text: str, kata: Kata) -> str:
    """`text` with the line ends that git gave this copy, as the suite shows: with others git calls it modified."""
    try:
        ends = b"\r\n" in kata.suite.read_bytes()
    except OSError:
        ends = False
    return text.replace("\n", "\r\n") if ends else text


def back_up(kata: Kata) -> Path | None:
    """A dated copy of the learner's file in .dojo/backups, beside all earlier ones."""
    try:
        data = kata.file.read_bytes()
    except FileNotFoundError:
        return None
    folder = places.ROOT / ".dojo" / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    return _write_new(folder, f"{kata.slug}.{datetime.now():%Y-%m-%dT%H-%M-%S}", data)


def _write_new(folder: Path, stem: str, data: bytes) -> Path:
    """`data` in the first of stem.py, stem-2.py, … that does not exist yet."""
    for number in itertools.count(1):
        file = folder / (f"{stem}.py" if number == 1 else f"{stem}-{number}.py")
        try:
            with open(file, "xb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            return file
        except FileExistsError:
            continue
        except OSError:
            file.unlink(missing_ok=True)  # half a backup would pass for a whole one
            raise
    raise AssertionError("itertools.count never ends")
