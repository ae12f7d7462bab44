"""The stubs as they were shipped, so that `kata reset` needs neither git nor an unedited tree.

One file and not a folder of copies: a second `d2_select_server.py` in an editor's quick-open list
would be edited by mistake. The stubs stand in it as lists of lines, so that its diffs can be read.
`kata new` and `kata check --write` write it; `kata check --strict` (CI) holds it to katas/.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from dojo import katas as places
from dojo.files import write_atomically

if TYPE_CHECKING:
    from dojo.katas import Kata


class Pristine:
    """The shipped stubs. ValueError when the file is missing or damaged."""

    def __init__(self, file: Path | None = None):
        self.file = file or places.ROOT / "dojo" / "pristine.json"
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
            self._texts = {path: "\n".join(lines) for path, lines in document.items()}
        except FileNotFoundError:
            self._texts = {}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise ValueError(f"{self.file} cannot be read as the shipped stubs: {error}") from error

    def text(self, kata: Kata) -> str | None:
        """The kata's stub as shipped, with "\\n" line ends; None when there is none."""
        return self._texts.get(kata.relative.as_posix())

    def holds(self, kata: Kata) -> bool:
        """Whether the learner's file is, line for line, the shipped stub."""
        try:
            return kata.file.read_bytes().replace(b"\r\n", b"\n") == self._bytes(kata)
        except OSError:
            return False

    def _bytes(self, kata: Kata) -> bytes | None:
        text = self.text(kata)
        return None if text is None else text.encode()

    def put(self, kata: Kata, text: str) -> None:
        self._texts[kata.relative.as_posix()] = text.replace("\r\n", "\n")

    def keep_only(self, katas: tuple[Kata, ...]) -> None:
        paths = {kata.relative.as_posix() for kata in katas}
        self._texts = {path: text for path, text in self._texts.items() if path in paths}

    def stray(self, katas: tuple[Kata, ...]) -> list[str]:
        """The paths of stubs that belong to no kata any more."""
        return sorted(set(self._texts) - {kata.relative.as_posix() for kata in katas})

    def document(self) -> bytes:
        """What the file would hold."""
        document = {path: text.split("\n") for path, text in sorted(self._texts.items())}
        return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()

    def write(self) -> None:
        write_atomically(self.file, self.document())
