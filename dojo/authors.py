"""`kata new`: every file that a kata needs, made from dojo/templates, and its entry in katas.toml."""

from __future__ import annotations

import contextlib
import keyword
import re
from pathlib import Path
from string import Template

from dojo import katas as places
from dojo.files import locked, write_all
from dojo.katas import Curriculum, Kata, Part
from dojo.pristine import Pristine

_TEMPLATES = Path(__file__).with_name("templates")


def begin(part: str, id_: str, name: str, title: str | None) -> list[Path]:
    """Make the kata and return its files, in the order in which an author fills them in.

    All or nothing: ValueError, and nothing made, when the kata cannot be or any of its files exists;
    OSError when one cannot be written. The entry in katas.toml comes last: a call that was killed
    before it is finished by the same call.
    """
    with authors_lock():
        path = Curriculum(places.MANIFEST)
        home = _part(path, part)
        _check_names(path, id_, name)
        kata = Kata(id_, name, title or name.replace("_", " ").capitalize(), home.name)
        texts = _texts(kata)
        for file, text in texts.items():
            if file.exists() and file.read_bytes() != text.encode():
                raise ValueError(f"{file} exists already, so nothing was made.")
        stubs = Pristine()
        stubs.put(kata, texts[kata.file])
        manifest = with_entry(places.MANIFEST.read_text(encoding="utf-8"), kata)
        files = {file: text.encode() for file, text in texts.items()}
        try:
            write_all({**files, stubs.file: stubs.document(), places.MANIFEST: manifest.encode()})
        except OSError:
            for folder in {file.parent for file in files}:
                with contextlib.suppress(OSError):
                    folder.rmdir()  # only if nothing is in it
            raise
    return [*texts, places.MANIFEST]


def authors_lock() -> contextlib.AbstractContextManager[None]:
    """Held by whoever reads katas.toml or the shipped stubs to write them again."""
    return locked(places.ROOT / ".dojo" / "authors.lock")


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


def with_entry(manifest: str, kata: Kata) -> str:
    """The text of katas.toml with the kata in its part, behind the last of a smaller number.

    The text is changed as text, so that its comments and blank lines stay.
    """
    tables = re.split(r"^(?=[ \t]*\[\[)", manifest, flags=re.MULTILINE)
    inside = [n for n in range(len(tables)) if _owner(tables, n) == kata.part]
    earlier = [n for n in inside if _order(_field(tables[n], "id")) < _order(kata.id)]
    before = earlier[-1]
    # Behind the table's own lines: comments at its end belong to the table that follows.
    body = re.match(r"(?s)(.*=[^\n]*\n)(.*)", tables[before].rstrip("\n") + "\n")
    assert body, "a table of katas.toml without a single value"
    tail = tables[before][len(body[1]) :]
    tables[before] = f"{body[1]}\n{_entry(kata)}{tail}"
    return "".join(tables)


def _entry(kata: Kata) -> str:
    title = kata.title.replace("\\", "\\\\").replace('"', '\\"')
    return f'''  [[part.kata]]
  id = "{kata.id}"
  name = "{kata.name}"
  title = "{title}"
'''


def _owner(tables: list[str], number: int) -> str | None:
    """The name of the part to which table `number` belongs."""
    for table in reversed(tables[: number + 1]):
        if table.lstrip().startswith("[[part]]"):
            return _field(table, "name")
    return None


def _field(table: str, name: str) -> str:
    match = re.search(rf'^\s*{name}\s*=\s*"([^"]*)"', table, re.MULTILINE)
    return match[1] if match else ""


def _order(id_: str) -> int:
    """The number in an id; the part's own table, without one, comes first."""
    return int(id_[1:]) if id_ else -1
