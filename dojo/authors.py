"""`kata new`: every file that a kata needs, made from dojo/templates, and its entry in katas.toml."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template

from dojo import katas as places
from dojo.files import write_atomically
from dojo.katas import Curriculum, Kata, Part
from dojo.pristine import Pristine

_TEMPLATES = Path(__file__).with_name("templates")


def begin(path: Curriculum, part: str, id_: str, name: str, title: str | None) -> list[Path]:
    """Make the kata and return its files, in the order in which an author fills them in.

    All or nothing: ValueError, and nothing made, when the kata cannot be or any of its files exists.
    """
    home = _part(path, part)
    _check_names(path, id_, name)
    kata = Kata(id_, name, title or name.replace("_", " ").capitalize(), home.name)
    texts = _texts(kata)
    for file in texts:
        if file.exists():
            raise ValueError(f"{file} exists already, so nothing was made.")
    stubs = Pristine()
    stubs.put(kata, texts[kata.file])
    manifest = with_entry(places.MANIFEST.read_text(encoding="utf-8"), kata)
    _make(texts)
    stubs.write()
    write_atomically(places.MANIFEST, manifest.encode())
    return [*texts, places.MANIFEST]


def _part(path: Curriculum, name: str) -> Part:
    for part in path.parts:
        if name in (part.name, part.name.partition("_")[0]):
            return part
    known = ", ".join(part.name for part in path.parts)
    raise ValueError(
        f"There is no part {name!r}, only {known}: a new one begins with a [[part]] in {places.MANIFEST}."
    )


def _check_names(path: Curriculum, id_: str, name: str) -> None:
    if not re.fullmatch(r"[a-z]\d+", id_):
        raise ValueError(f"{id_!r} is no id: a letter and a number, like d2.")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} is no name: small letters, digits and _, like select_server.")
    for kata in path.katas:
        if id_ == kata.id:
            raise ValueError(f"{id_} is taken: {kata.slug}.")


def _texts(kata: Kata) -> dict[Path, str]:
    function = f"{kata.name}_" if keyword.iskeyword(kata.name) else kata.name
    values = {
        "id": kata.id,
        "title": kata.title,
        "part": kata.part,
        "slug": kata.slug,
        "function": function,
    }

    def text(template: str) -> str:
        source = (_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
        return Template(source).substitute(values)

    return {
        kata.suite: text("suite.py"),
        kata.solution: text("solution.py"),
        kata.file: text("stub.py"),
        kata.lesson: text("lesson.md"),
        kata.impostors / "does_it_wrong.py": text("impostor.py"),
        kata.alternatives / "another_way.py": text("alternative.py"),
    }


def _make(texts: dict[Path, str]) -> None:
    made = []
    try:
        for file, text in texts.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            with open(file, "x", encoding="utf-8", newline="\n") as handle:
                made.append(file)
                handle.write(text)
    except OSError:
        for file in made:
            file.unlink(missing_ok=True)
        raise


def with_entry(manifest: str, kata: Kata) -> str:
    """The text of katas.toml with the kata in its part, before the first of a greater number.

    The text is changed as text, so that its comments and blank lines stay.
    """
    blocks = _blocks(manifest)
    inside = [n for n, block in enumerate(blocks) if _owner(blocks, n) == kata.part]
    later = [n for n in inside if (id_ := _id(blocks[n])) and _order(id_) > _order(kata.id)]
    position = later[0] if later else inside[-1] + 1
    title = kata.title.replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "  [[part.kata]]",
        f'  id = "{kata.id}"',
        f'  name = "{kata.name}"',
        f'  title = "{title}"',
    ]
    blocks.insert(position, "\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _blocks(manifest: str) -> list[str]:
    """The manifest cut before every table, each piece without blank lines around it."""
    pieces = re.split(r"^(?=[ \t]*\[\[)", manifest, flags=re.MULTILINE)
    return [piece.strip("\n").rstrip() for piece in pieces if piece.strip()]


def _owner(blocks: list[str], number: int) -> str | None:
    """The name of the part to which block `number` belongs."""
    for block in reversed(blocks[: number + 1]):
        if block.lstrip().startswith("[[part]]"):
            match = re.search(r'^\s*name\s*=\s*"([^"]*)"', block, re.MULTILINE)
            return match[1] if match else None
    return None


def _id(block: str) -> str | None:
    match = re.search(r'^\s*id\s*=\s*"([^"]*)"', block, re.MULTILINE)
    return match[1] if match else None


def _order(id_: str) -> tuple[str, int]:
    return id_[0], int(id_[1:] or 0)
