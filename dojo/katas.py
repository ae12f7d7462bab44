"""The path: which katas there are, in which order, and where their files lie.

`katas/katas.toml` is the one manifest. The trees katas/, solutions/ and tests/ mirror each other, so every
other file of a kata follows from its part, id and name.
"""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
KATAS = ROOT / "katas"
SOLUTIONS = ROOT / "solutions"
TESTS = ROOT / "tests"
MANIFEST = KATAS / "katas.toml"


class UnknownKata(LookupError):
    """No kata has this id, name or file; the text names the nearest one."""


@dataclass(frozen=True)
class Kata:
    """One kata: `id` is its short name everywhere (`d2`), `slug` the stem of its files (`d2_select_server`).

    `steps`: its suite is a path; the tests build on each other, and the first red one is where the learner is.
    """

    id: str
    name: str
    title: str
    part: str
    steps: bool = False

    @property
    def slug(self) -> str:
        return f"{self.id}_{self.name}"

    @property
    def relative(self) -> Path:
        """The kata's file below katas/, solutions/ or any other target tree."""
        return Path(self.part, f"{self.slug}.py")

    @property
    def file(self) -> Path:
        return KATAS / self.relative

    @property
    def lesson(self) -> Path:
        return self.file.with_suffix(".md")

    @property
    def solution(self) -> Path:
        return SOLUTIONS / self.relative

    @property
    def suite(self) -> Path:
        return TESTS / self.part / f"test_{self.slug}.py"

    @property
    def impostors(self) -> Path:
        return TESTS / "impostors" / self.part / self.slug

    @property
    def alternatives(self) -> Path:
        return TESTS / "alternatives" / self.part / self.slug


@dataclass(frozen=True)
class Part:
    name: str
    title: str
    katas: tuple[Kata, ...]


class Curriculum:
    """All parts and katas in the order of the path, read from a manifest.

    Raises ValueError, naming the file, when the manifest cannot be understood.
    """

    def __init__(self, manifest: Path = MANIFEST):
        try:
            document = tomllib.loads(manifest.read_text(encoding="utf-8"))
            self.parts = tuple(
                Part(
                    part["name"],
                    part["title"],
                    tuple(
                        Kata(k["id"], k["name"], k["title"], part["name"], k.get("steps", False))
                        for k in part["kata"]
                    ),
                )
                for part in document["part"]
            )
            self.servers: dict[str, dict[str, Any]] = dict(document.get("servers", {}))
        except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
            raise ValueError(
                f"{manifest} cannot be read as the list of katas: {error!r}"
            ) from error

    @cached_property
    def katas(self) -> tuple[Kata, ...]:
        return tuple(kata for part in self.parts for kata in part.katas)

    def find(self, name: str) -> Kata:
        """The kata called `name`: an id (`d2`), a slug (`d2_select_server`) or the path of one of its files.

        Capitals make no difference.
        """
        stem = Path(name).stem.casefold().removeprefix("test_")
        for kata in self.katas:
            if stem in (kata.id, kata.slug):
                return kata
        known = {alias: kata for kata in self.katas for alias in (kata.id, kata.slug, kata.name)}
        nearest = difflib.get_close_matches(stem, known, n=1, cutoff=0.3)
        if nearest:
            hint = f"did you mean {known[nearest[0]].id}?"
        else:
            from dojo.console import command  # which needs the places above

            hint = f"`{command()}` lists them all."
        raise UnknownKata(f"There is no kata {name!r}: {hint}")
