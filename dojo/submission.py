"""The learner's file under test: where it is, what it calls its functions, and what its failures mean."""

from __future__ import annotations

import ast
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dojo.console import shown
from dojo.failures import Broken, Failure, NotWritten, Place, Raised, Stack
from dojo.katas import Kata


@dataclass(frozen=True)
class Submission:
    kata: Kata
    file: Path

    @property
    def shown(self) -> str:
        """The file's path as a person standing in the current folder would type it."""
        return shown(self.file)

    @cached_property
    def lines(self) -> list[str]:
        try:
            with tokenize.open(self.file) as file:
                return file.read().splitlines()
        except (OSError, SyntaxError, UnicodeDecodeError):
            return []

    @cached_property
    def functions(self) -> dict[str, int]:
        """The line of everything defined at the top of the file, by name: classes first, then functions."""
        try:
            tree = ast.parse("\n".join(self.lines))
        except (SyntaxError, ValueError):
            return {}
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        found = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        found += [node for node in tree.body if isinstance(node, functions)]
        return {node.name: node.lineno for node in found}

    def require_file(self) -> None:
        if not self.file.is_file():
            raise Broken(f"{self.kata.id} has no file here: {self.shown} is missing.")

    def places(self, frames: list[Any]) -> list[Place]:
        """Those of `frames` that are lines of the learner's file, outermost first."""
        own = str(self.file)
        return [Place(self.file, line, function) for file, line, function in frames if file == own]

    def stacks(self, stacks: list[Any]) -> list[Stack]:
        found = [Stack(kind, self.places(frames)) for kind, frames in stacks]
        return [stack for stack in found if stack.places]

    def failure(self, error: Raised, *, loaded: bool, doing: str) -> Failure:
        """What an exception from the child means; `doing` names what was called, such as "run_serially(…)"."""
        places = self.places(error.frames)
        if error.syntax and not loaded:
            _, line, _, message = error.syntax
            at = [Place(self.file, line, "")] if line else []
            return Broken(f"{self.shown} is not valid Python: {message} (line {line}).", at)
        if not loaded:
            return Broken(f"{self.shown} fails while it is imported: {_sentence(error)}", places)
        if error.type == "NotImplementedError" and places:
            return NotWritten(f"{self.kata.id} is not written yet: {self.shown}", places)
        if (
            error.type == "AttributeError"
            and f"module '{self.kata.slug}' has no attribute" in error.message
        ):
            return Broken(f"{self.shown} has no {error.name}: the suite calls it by this name.")
        if error.type == "ValueError" and "out of range in select" in error.message:
            return Failure(
                f"{doing} raised {_sentence(error)}. select's sets have one bit for each descriptor number, FD_SETSIZE"
                " of them, here 1,024: a descriptor with that number or a higher one does not fit.",
                places,
            )
        if error.type == "SystemExit":
            return Failure(f"{doing} ended the program with sys.exit instead of returning.", places)
        if error.type == "LoopExit":
            return Failure(
                f"{doing} raised gevent's LoopExit: every greenlet waits for something that nobody will bring about.",
                places,
            )
        return Failure(f"{doing} raised {_sentence(error)}", places)


def _sentence(error: Raised) -> str:
    return f"{error.type}: {error.message}" if error.message else error.type
