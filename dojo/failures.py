"""Why a test is red, each as a sentence for the learner."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """A line of the learner's file."""

    file: Path
    line: int
    function: str


@dataclass(frozen=True)
class Stack:
    """Where one thread or greenlet stood; `places` from the outermost call to the innermost."""

    kind: str
    places: list[Place]


class Failure(AssertionError):
    """A sentence about the learner's code, with the places in it that matter."""

    kind = "failed"

    def __init__(
        self, message: str, places: list[Place] | None = None, stacks: list[Stack] | None = None
    ):
        super().__init__(message)
        self.places = places or []
        self.stacks = stacks or []


class NotWritten(Failure):
    """The stub's NotImplementedError came out."""

    kind = "not-written"


class Broken(Failure):
    """The file is missing, has a syntax error, lacks a function, or fails while it is imported."""

    kind = "error"


class TimedOut(Failure):
    """The time limit ended the run; `stacks` tell where the code stood."""

    kind = "timed-out"


class Ended(Failure):
    """The learner's process ended before it was asked to: exit, crash, signal."""

    kind = "ended"


@dataclass(frozen=True)
class Raised:
    """An exception of the child, as data. Compare with `raised(ValueError, "boom")`."""

    type: str
    bases: tuple[str, ...] = ()
    message: str = ""
    frames: list[Any] = field(default_factory=list, compare=False)
    syntax: Any = field(default=None, compare=False)
    name: str | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"{self.type}({self.message!r})" if self.message else f"{self.type}()"


class raised:
    """Equals every exception of this type (or a subclass of it) whose text is, where given, `message`."""

    def __init__(self, kind: type[BaseException], message: str | None = None):
        self.kind, self.message = kind, message

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Raised) or self.kind.__name__ not in other.bases:
            return False
        return self.message is None or self.message == other.message

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return (
            f"{self.kind.__name__}({self.message!r})"
            if self.message
            else f"{self.kind.__name__}(…)"
        )


@dataclass(frozen=True)
class Opaque:
    """A value of the child that is no plain data: its type's name and the start of its repr."""

    type: str
    text: str

    def __repr__(self) -> str:
        return self.text
