"""`python -m dojo.impostors` writes docs/impostors.md: every mistake that the suites are known to catch."""

from __future__ import annotations

import os
import re
from pathlib import Path

from dojo import katas as places
from dojo.files import write_atomically
from dojo.katas import Curriculum, Kata, Part
from dojo.proofs import Impostor
from dojo.results import sentence

COMMAND = "python -m dojo.impostors"
_HEAD = """\
# The impostors

A suite is as good as what it catches. Each of these programs is right but for one mistake, and the tests
beside it must be red on it, by an assertion and not by a crash; "Hangs" stands where running into the time
limit is the mistake itself. The right solutions are built differently from the reference, and must be green.

`tox -e impostors` and `tox -e alternatives` prove it. This page is made by `{command}`.

"""


def page() -> Path:
    return places.ROOT / "docs" / "impostors.md"


def document(path: Curriculum) -> str:
    """The page. Raises ValueError or SyntaxError when an impostor cannot be read."""
    impostors = {kata: _impostors(kata) for kata in path.katas}
    lines = [
        "| part | katas | impostors | tests that catch them | right solutions |",
        "|---|---|--:|--:|--:|",
        *(_totals(part.title, part.katas, impostors, _katas(part)) for part in path.parts),
        _totals("**all**", path.katas, impostors, str(len(path.katas))),
    ]
    for part in path.parts:
        lines += ["", f"## {part.title}"]
        for kata in part.katas:
            lines += ["", *_section(kata, impostors[kata])]
    return _HEAD.format(command=COMMAND) + "\n".join(lines) + "\n"


def _impostors(kata: Kata) -> list[Impostor]:
    return [Impostor.read(file) for file in sorted(kata.impostors.glob("*.py"))]


def _totals(
    title: str, katas: tuple[Kata, ...], impostors: dict[Kata, list[Impostor]], listed: str
) -> str:
    count = sum(len(impostors[kata]) for kata in katas)
    tests = sum(len(_tests(impostors[kata])) for kata in katas)
    right = sum(len(_alternatives(kata)) for kata in katas)
    return f"| {title} | {listed} | {count} | {tests} | {right} |"


def _katas(part: Part) -> str:
    return " ".join(f"[{kata.id}](#{kata.id})" for kata in part.katas)


def _section(kata: Kata, impostors: list[Impostor]) -> list[str]:
    tests, right = len(_tests(impostors)), _alternatives(kata)
    others = ", ".join(f"[{file.stem.replace('_', ' ')}]({_link(file)})" for file in right)
    return [
        f'### <a id="{kata.id}"></a>{kata.id} · {kata.title}',
        "",
        f"{len(impostors)} impostors, caught by {tests} tests of the [suite]({_link(kata.suite)}). "
        f"Right: the [reference]({_link(kata.solution)}); {others}.",
        "",
        "| the mistake | is caught by |",
        "|---|---|",
        *(_row(impostor) for impostor in impostors),
    ]


def _row(impostor: Impostor) -> str:
    tests = "<br>".join(_escaped(sentence(test)) for test in impostor.caught_by)
    hangs = " *Hangs.*" if impostor.hangs else ""
    return f"| [{_escaped(impostor.mistake)}]({_link(impostor.file)}){hangs} | {tests} |"


def _tests(impostors: list[Impostor]) -> set[str]:
    return {test for impostor in impostors for test in impostor.caught_by}


def _alternatives(kata: Kata) -> list[Path]:
    return sorted(kata.alternatives.glob("*.py"))


def _link(file: Path) -> str:
    return Path(os.path.relpath(file, page().parent)).as_posix()


def _escaped(text: str) -> str:
    """`text` as it stands, in a cell of a Markdown table; what is in backticks is code already."""
    pieces = text.split("`")
    pieces[::2] = [re.sub(r"([\\*_\[\]<>])", r"\\\1", piece) for piece in pieces[::2]]
    return "`".join(pieces).replace("|", "\\|")


def main() -> None:
    write_atomically(page(), document(Curriculum(places.MANIFEST)).encode())
    print(os.path.relpath(page()))


if __name__ == "__main__":
    main()
