"""What the learner has done: .dojo/progress.json, small, readable, never half written.

1. A verdict belongs to the content of the kata file and of its suite: after an edit of either it no
   longer counts, so nothing is shown as done that was not proven as it stands.
2. Several terminals may write: each reads the file again, under a lock, then changes its entry.
3. Progress is a convenience. When it cannot be read or written the learner gets one sentence, and
   the kata its verdict all the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dojo import katas as places
from dojo.files import locked, write_atomically

if TYPE_CHECKING:
    from dojo.katas import Curriculum, Kata

VERSION = 1
HINTS = 3


def content(kata: Kata) -> str:
    """The SHA-256 of the kata file and its suite together, the same whatever the line endings."""
    import hashlib  # not above: it costs every start of `kata` some milliseconds

    digest = hashlib.sha256()
    for file in (kata.file, kata.suite):
        try:
            data = file.read_bytes().replace(b"\r\n", b"\n")
        except OSError:
            data = b"\0missing"
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def _warn(sentence: str) -> None:
    print(sentence, file=sys.__stderr__)  # sys.stderr may be what a test run collects


class Progress:
    """The progress file, by default the one of this copy of the repository.

    `warn` is called with one sentence when the file is damaged, or cannot be read or written.
    """

    def __init__(self, file: Path | None = None, warn: Callable[[str], None] = _warn):
        self.file = file or places.ROOT / ".dojo" / "progress.json"
        self._lock = self.file.with_suffix(".lock")
        self._warn = warn
        self._entries = self._first_read()

    # -- what is asked of it

    def verdict(self, kata: Kata) -> str | None:
        """The last verdict on kata and suite as they are now, None if that was never judged."""
        entry = self._entries.get(kata.id, {})
        if "content" in entry and entry["content"] == content(kata):
            return entry.get("verdict")
        return None

    def done(self, kata: Kata) -> bool:
        return self.verdict(kata) == "passed"

    def changed(self, kata: Kata) -> bool:
        """Whether the kata was green once, but the file or the suite has changed since."""
        return bool(self._entries.get(kata.id, {}).get("green")) and not self.done(kata)

    def next(self, curriculum: Curriculum, besides: Collection[str] = ()) -> Kata | None:
        """The first kata that is neither done nor impossible on this system, None without one.

        `besides`: ids of katas that are done, whether that could be saved or not.
        """
        for kata in curriculum.katas:
            if kata.id not in besides and self.verdict(kata) not in ("passed", "skipped"):
                return kata
        return None

    def hints(self, kata: Kata) -> int:
        """How many hints the learner has asked for, 0 to 3."""
        hints = self._entries.get(kata.id, {}).get("hints")
        return min(max(hints, 0), HINTS) if isinstance(hints, int) else 0

    # -- what changes it

    def record(self, kata: Kata, verdict: str, judged: str | None = None) -> None:
        """Keep `verdict` on the kata. `judged` is what `content` said before the suite ran, so that
        an edit made meanwhile does not inherit the verdict; by default the content as it is now."""
        now = datetime.now().isoformat(timespec="seconds")
        entry = {"verdict": verdict, "content": judged or content(kata), "at": now}
        if verdict == "passed":
            entry["green"] = now
        self._change(kata, entry)

    def record_hint(self, kata: Kata, hints: int) -> None:
        self._change(kata, {"hints": hints})

    def forget(self, kata: Kata) -> None:
        """As if the kata had never been begun: no verdict, no hints."""
        if kata.id in self._entries:
            self._change(kata, None)

    # -- the file

    def _change(self, kata: Kata, entry: dict[str, Any] | None) -> None:
        try:
            with locked(self._lock):
                self._entries = self._read_or_set_aside()
                if entry is None:
                    self._entries.pop(kata.id, None)
                else:
                    self._entries[kata.id] = {**self._entries.get(kata.id, {}), **entry}
                self._write()
        except OSError as error:
            self._warn(
                f"Your progress could not be saved in {self.file} ({error.strerror or error}): "
                "this is not remembered, and what was saved before is kept."
            )

    def _write(self) -> None:
        document = {"version": VERSION, "katas": self._entries}
        write_atomically(self.file, (json.dumps(document, indent=2) + "\n").encode())

    def _first_read(self) -> dict[str, dict[str, Any]]:
        """Without the lock, so that a tree that cannot be written can be read."""
        try:
            return self._read()
        except OSError as error:
            reason = error.strerror or error
            self._warn(f"Your progress in {self.file} cannot be read ({reason}): starting without.")
        except ValueError:
            try:
                with locked(self._lock):
                    return self._read_or_set_aside()
            except OSError:
                self._warn_of_damage("and it cannot be renamed")
        return {}

    def _read(self) -> dict[str, dict[str, Any]]:
        """Raises ValueError when the file is damaged, OSError when it is there and cannot be read."""
        try:
            return _entries(self.file.read_bytes())
        except FileNotFoundError:
            return {}

    def _read_or_set_aside(self) -> dict[str, dict[str, Any]]:
        """Under the lock: another terminal may have put a new file in the damaged one's place."""
        try:
            return self._read()
        except ValueError:
            stamp = datetime.now().strftime("%Y-%m-%dT%H-%M-%S-%f")
            aside = self.file.with_name(f"{self.file.stem}.damaged.{stamp}.json")
            self.file.rename(aside)
            self._warn_of_damage(f"it is kept as {aside.name}, and a new file begins")
            return {}

    def _warn_of_damage(self, kept: str) -> None:
        self._warn(f"Your progress in {self.file} is damaged: {kept}. Your katas are untouched.")


def _entries(data: bytes) -> dict[str, dict[str, Any]]:
    """The entries in the bytes of a progress file; ValueError if it is not one."""
    try:
        document = json.loads(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    katas = document.get("katas") if isinstance(document, dict) else None
    if not isinstance(katas, dict) or not all(isinstance(k, dict) for k in katas.values()):
        raise ValueError("not a progress file")
    return katas
