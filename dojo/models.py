"""The I/O models that `kata cost` compares: one server each, by the table [servers] of katas.toml."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from dojo.failures import Failure, NotWritten
from dojo.katas import Curriculum, Kata
from dojo.servers import Server
from dojo.submission import Submission

GROWS = 900  # clients; a thread or a greenlet for each of more than these proves nothing new


@dataclass(frozen=True)
class Model:
    """One server: its kata's id, its name in a table, and its limits (see katas.toml)."""

    id: str
    name: str
    most: int | None = None
    grows: int = GROWS
    needs: str = "select"

    @property
    def label(self) -> str:
        return f"{self.id} {self.name}"

    def may_have(self, clients: int) -> int:
        """`clients`, or fewer if this model cannot hold so many."""
        return min(clients, self.most or clients)


@dataclass(frozen=True)
class Entry:
    """A model with the file that is measured."""

    model: Model
    submission: Submission

    def start(self, clients: int) -> Server:
        """Its server, ready for so many clients. Raises the Failure that says why there is none."""
        return Server(
            self.submission,
            arguments={},
            backlog=max(128, clients + 50),
            send_buffer=None,
            descriptors=clients + 100,
            before=(),
        )


class Field:
    """Who takes part, and who does not, with the reason.

    passed_over  by id: why it was not measured
    failed       by id: what went wrong when it was
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.passed_over: dict[str, str] = {}
        self.failed: dict[str, str] = {}

    def drop(self, entry: Entry, failure: Failure) -> None:
        """Take note that `entry` could not be measured: it is not written, or it is wrong."""
        if isinstance(failure, NotWritten):
            self.passed_over[entry.model.id] = "not written yet"
        else:
            self.failed[entry.model.id] = str(failure)


def models(path: Curriculum) -> list[Model]:
    """All models, in the order of the table."""
    return [
        Model(id_, **{"name" if key == "model" else key: value for key, value in entry.items()})
        for id_, entry in path.servers.items()
    ]


def field(
    path: Curriculum, wanted: Iterable[Kata] | None, file_of: Callable[[Kata], Path]
) -> Field:
    """The models of the katas `wanted` (None: all of them), each by the file that `file_of` gives."""
    chosen = None if wanted is None else {kata.id for kata in wanted}
    known = {kata.id: kata for kata in path.katas}
    field = Field()
    for model in models(path):
        if chosen is not None and model.id not in chosen:
            continue
        kata = known.get(model.id)
        if kata is None:
            field.passed_over[model.id] = "not in the path yet"
        elif not file_of(kata).is_file():
            field.passed_over[model.id] = "not written yet"
        elif not hasattr(select, model.needs):
            field.passed_over[model.id] = f"this system has no {model.needs}"
        else:
            field.entries.append(Entry(model, Submission(kata, file_of(kata))))
    return field
