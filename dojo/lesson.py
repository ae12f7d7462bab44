"""A lesson file: its sections, its three hints, and how it reads in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SECTIONS = ("The idea", "Your task", "Try it", "Hints", "Talk about it", "Read on")
HINT_TITLES = ("Hint 1", "Hint 2", "Hint 3")

_DETAILS = re.compile(
    r"<details[^>]*>\s*<summary>(?P<summary>.*?)</summary>(?P<body>.*?)</details>",
    re.DOTALL | re.IGNORECASE,
)
_LINK = re.compile(r"\]\(<?([^)>\s]+)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Folded:
    """One <details> block: what shows, and what is folded away."""

    summary: str
    body: str


class Lesson:
    """The text of a lesson. Nothing is refused here; `dojo.check` says what a lesson must have."""

    def __init__(self, text: str):
        self.text = text.replace("\r\n", "\n")

    @classmethod
    def read(cls, file: Path) -> Lesson:
        """OSError when the file cannot be read; bytes that are not UTF-8 are replaced."""
        return cls(file.read_text(encoding="utf-8", errors="replace"))

    @cached_property
    def title(self) -> str:
        """The text of the `# ` heading, "" without one."""
        return next((line[2:].strip() for line in _prose(self.text) if line[:2] == "# "), "")

    @cached_property
    def sections(self) -> dict[str, str]:
        """Each `## ` section's body by its heading, in the order of the file."""
        bodies: dict[str, list[str]] = {}
        current: list[str] = []  # what stands before the first section is in none
        for line, is_prose in _lines(self.text):
            if is_prose and line.startswith("## "):
                current = bodies.setdefault(line[3:].strip(), [])
            else:
                current.append(line)
        return {heading: "\n".join(lines).strip() for heading, lines in bodies.items()}

    @cached_property
    def hints(self) -> list[Folded]:
        return folded(self.sections.get("Hints", ""))

    @cached_property
    def words_before_hints(self) -> int:
        """Words of prose; what stands in fenced blocks, a picture or code, is looked at, not read."""
        count = 0
        for line in _prose(self.text):
            if line.strip() == "## Hints":
                break
            count += len(line.split())
        return count

    @cached_property
    def links(self) -> list[tuple[str, int]]:
        """The target of each link, and its line."""
        numbered = enumerate(_lines(self.text), 1)
        return [
            (target, number)
            for number, (line, is_prose) in numbered
            if is_prose
            for target in _LINK.findall(line)
        ]

    def for_terminal(self, hints_shown: int, command: str) -> str:
        """The Markdown without HTML: answers below their questions, `hints_shown` hints, and after
        them the `command` that shows the next."""
        shown = self.hints[:hints_shown]
        hints = "\n\n".join(f"**{hint.summary}**\n\n{hint.body}" for hint in shown)
        if left := len(self.hints) - len(shown):
            count = f"{_number(left)} {'more ' if shown else ''}{'hint' if left == 1 else 'hints'}"
            hints += f"\n\n{count.capitalize()}: `{command}`"
        out, in_hints = [], False
        for line, is_prose in _lines(self.text):
            if is_prose and line.startswith("## "):
                in_hints = line[3:].strip() == "Hints"
                out += [line, "", hints, ""] if in_hints else [line]
            elif not in_hints:
                out.append(line)
        return _unfold("\n".join(out))


def folded(text: str) -> list[Folded]:
    """The <details> blocks of `text`, in order."""
    return [
        Folded(" ".join(match["summary"].split()), match["body"].strip("\n").rstrip())
        for match in _DETAILS.finditer(text)
    ]


def _unfold(text: str) -> str:
    def shown(match: re.Match[str]) -> str:
        summary = re.sub(r"</?code>", "`", " ".join(match["summary"].split()))
        return f"\n**{summary}**\n\n{match['body'].strip()}\n"

    return _DETAILS.sub(shown, text)


def _number(n: int) -> str:
    return {1: "one", 2: "two", 3: "three"}.get(n, str(n))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is prose: `## ` in a fenced block is a comment, no heading."""
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if fence:
            yield line, False
            rest = line.strip()
            if match and match[1].startswith(fence) and not rest.strip(fence[0]):
                fence = ""
        elif match:
            fence = match[1]
            yield line, False
        else:
            yield line, True


def _prose(text: str) -> Iterator[str]:
    return (line for line, is_prose in _lines(text) if is_prose)
