"""`kata cost --table`: a famous table, measured again on this machine.

Michael Kerrisk, The Linux Programming Interface (2010), table 63-9: CPU seconds for 100,000 monitoring operations,
each on N descriptors of which one is ready.

1. Counted is the wait alone. A descriptor is made ready, then waited for several times in a row without being read:
   all three mechanisms are level-triggered here, so each wait finds it again. What the loop itself takes is deducted.
2. A cell ends after one second, or after 100,000 operations; what it would have been for all of them is scaled.
3. Descriptors are event counters (eventfd) where there are any, else copies of one pipe's end that nobody writes to,
   among them some ends of pipes of their own: one descriptor each in place of a pipe's two.
4. `select.select` refuses descriptors from 1,024 on (FD_SETSIZE, the size of C's fd_set). The kernel does not: there
   the C function is called with a larger set, through ctypes.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

from dojo.limits import need_descriptors
from dojo.plot import Chart, Line, chart_svg, number
from dojo.tables import table

OPERATIONS = 100_000
SECONDS = 1.0
SIZES = (10, 100, 1_000, 10_000)
BOOK = {  # table 63-9, Linux 2.6.25
    "poll": (0.61, 2.9, 35, 990),
    "select": (0.73, 3.0, 35, 930),
    "epoll": (0.41, 0.42, 0.53, 0.66),
}
IN_A_ROW = 20  # waits for the same ready descriptor, between two readings of the clock
OWN_PIPES = 50  # where there is no eventfd: so many of the descriptors can be made ready

Wait = Callable[[], Any]


@dataclass(frozen=True)
class Cell:
    """CPU seconds for OPERATIONS waits of one mechanism on `descriptors`; `operations` of them were made.

    `why` says why there is no number; `raw` that the C function was called in place of Python's.
    """

    mechanism: str
    descriptors: int
    seconds: float | None = None
    operations: int = 0
    raw: bool = False
    why: str = ""

    @property
    def scaled(self) -> bool:
        return 0 < self.operations < OPERATIONS


class Watched:
    """`count` descriptors, of which one at a time is ready."""

    def __init__(self, count: int):
        self._opened: list[int] = []
        self._write_ends: dict[int, int] = {}
        try:
            self.fds = self._counters(count) if hasattr(os, "eventfd") else self._pipes(count)
        except BaseException:
            self.close()
            raise
        self._ready: int | None = None

    def _counters(self, count: int) -> list[int]:
        for _ in range(count):
            self._opened.append(os.eventfd(0))
        self._write_ends = {fd: fd for fd in self._opened}
        return self._opened

    def _pipes(self, count: int) -> list[int]:
        own = min(count, OWN_PIPES)
        silent, kept_open = os.pipe()
        self._opened += [silent, kept_open]
        fds = []
        for place in range(count):
            if place * own // count == (place - 1) * own // count and place:
                fds.append(os.dup(silent))
                self._opened.append(fds[-1])
            else:
                reads, writes = os.pipe()
                self._opened += [reads, writes]
                self._write_ends[reads] = writes
                fds.append(reads)
        return fds

    def one_after_another(self) -> Generator[int, None, None]:
        """Make one descriptor ready, only that, for each step: evenly spread over all, in random order."""
        may = list(self._write_ends)
        order = may[:: max(1, len(may) // OWN_PIPES)]
        shuffle = random.Random(63).shuffle
        while True:
            shuffle(order)
            for fd in order:
                one = (1).to_bytes(8, "little")
                os.write(self._write_ends[fd], one)
                try:
                    yield fd
                finally:
                    os.read(fd, 8)

    def close(self) -> None:
        for fd in self._opened:
            with contextlib.suppress(OSError):
                os.close(fd)


# -- the three mechanisms: each gives a function that waits once, and how to end


def _poll(fds: list[int]) -> tuple[Wait, Callable[[], None]]:
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return poll.poll, lambda: None


def _epoll(fds: list[int]) -> tuple[Wait, Callable[[], None]]:
    epoll = select.epoll()
    for fd in fds:
        epoll.register(fd, select.EPOLLIN)
    return epoll.poll, epoll.close


def _select(fds: list[int]) -> tuple[Wait, Callable[[], None]]:
    return partial(select.select, fds, [], []), lambda: None


def _raw_select(fds: list[int]) -> tuple[Wait, Callable[[], None]]:
    """C's select with a set as large as it takes. Raises OSError where this system does not have it so."""
    import ctypes

    size = (max(fds) // 64 + 1) * 8
    wanted, found = ctypes.create_string_buffer(size), ctypes.create_string_buffer(size)
    for fd in fds:
        wanted[fd // 8] = wanted[fd // 8][0] | 1 << fd % 8
    try:
        function = ctypes.CDLL(None, use_errno=True).select
    except (AttributeError, OSError, TypeError) as error:
        raise OSError("the C function cannot be called here") from error
    count, copy = max(fds) + 1, ctypes.memmove

    def wait() -> int:
        copy(found, wanted, size)  # select overwrites it with what is ready
        return function(count, found, None, None, None)

    if wait() < 0:
        raise OSError(f"C's says: {os.strerror(ctypes.get_errno())}")
    return wait, lambda: None


def measure(on_cell: Callable[[str], None], sizes: tuple[int, ...] = SIZES) -> list[Cell]:
    """All cells, mechanism by mechanism within each number of descriptors."""
    cells = []
    for size in sizes:
        if reason := need_descriptors(size + 2 * OWN_PIPES + 20):
            cells += [Cell(mechanism, size, why=reason) for mechanism in BOOK]
            continue
        try:
            watched = Watched(size)
        except OSError as error:
            cells += [Cell(mechanism, size, why=str(error)) for mechanism in BOOK]
            continue
        try:
            for mechanism in BOOK:
                on_cell(f"{mechanism}, {size:,} descriptors")
                cells.append(_cell(mechanism, watched))
        finally:
            watched.close()
    return cells


def _cell(mechanism: str, watched: Watched) -> Cell:
    size = len(watched.fds)
    if not hasattr(select, mechanism):
        return Cell(mechanism, size, why=f"this system has no {mechanism}")
    raw = mechanism == "select" and max(watched.fds) >= 1024
    begin = {"poll": _poll, "epoll": _epoll, "select": _raw_select if raw else _select}[mechanism]
    try:
        with contextlib.closing(watched.one_after_another()) as ready:
            next(ready)
            wait, end = begin(watched.fds)
        try:
            seconds, operations = _timed(wait, watched)
        finally:
            end()
    except (OSError, ValueError) as error:
        why = f"select.select takes no descriptor from 1,024 on, and {error}" if raw else str(error)
        return Cell(mechanism, size, why=why)
    return Cell(mechanism, size, seconds / operations * OPERATIONS, operations, raw)


def _timed(wait: Wait, watched: Watched) -> tuple[float, int]:
    """The CPU seconds of the waits, the loop's own deducted, and how many there were."""
    clock, row = time.thread_time, range(IN_A_ROW)
    spent, operations = 0.0, 0
    ends = time.monotonic() + SECONDS
    with contextlib.closing(watched.one_after_another()) as ready:
        for _ in ready:
            began = clock()
            for _ in row:
                wait()
            spent += clock() - began
            operations += IN_A_ROW
            if operations >= OPERATIONS or time.monotonic() >= ends:
                break
    return max(spent - operations * _loop(), 0.0), operations


def _loop() -> float:
    """CPU seconds for one turn of a loop that does nothing, the clock's share included."""
    clock, row = time.thread_time, range(IN_A_ROW)
    fastest = float("inf")
    for _ in range(200):
        began = clock()
        for _ in row:
            pass
        fastest = min(fastest, clock() - began)
    return fastest / IN_A_ROW


# -- as it is shown


def as_data(cells: list[Cell]) -> dict[str, Any]:
    """The document of `kata cost --table --json`, described in the README."""
    return {
        "version": 1,
        "operations": OPERATIONS,
        "cells": [
            {
                "mechanism": cell.mechanism,
                "descriptors": cell.descriptors,
                "seconds": cell.seconds,
                "book_seconds": _book(cell),
                "measured_operations": cell.operations,
                "raw": cell.raw,
                "why": cell.why,
            }
            for cell in cells
        ],
    }


def _book(cell: Cell) -> float | None:
    return (
        BOOK[cell.mechanism][SIZES.index(cell.descriptors)] if cell.descriptors in SIZES else None
    )


def heading() -> list[str]:
    return [
        f"CPU seconds for {OPERATIONS:,} waits on N descriptors, of which one is ready: what this machine takes from",
        "Python, and beside it what a book printed in 2010 (Michael Kerrisk, The Linux Programming Interface,",
        "table 63-9, from C on Linux 2.6.25). poll and select look at all N each time; epoll knows who is ready.",
        "",
    ]


def text(cells: list[Cell]) -> list[str]:
    sizes = list(dict.fromkeys(cell.descriptors for cell in cells))
    by_place = {(cell.mechanism, cell.descriptors): cell for cell in cells}
    rows = []
    for size in sizes:
        own = [by_place[mechanism, size] for mechanism in BOOK]
        printed = ["" if _book(cell) is None else number(_book(cell) or 0) for cell in own]
        rows.append([f"{size:,}", *map(_shown, own), "|", *printed])
    head = ["N", *BOOK, "|", *BOOK]
    lines = table(head, rows, words=0)
    wide = len(table(head[:4], [row[:4] for row in rows], words=0)[0])
    above = f"{'here':>{wide}}{'the book':>{max(len(line) for line in lines) - wide}}"
    return [above, *lines, "", *_marks(cells)]


def _shown(cell: Cell) -> str:
    if cell.seconds is None:
        return "-"
    return number(cell.seconds) + ("~" if cell.scaled else " ") + ("*" if cell.raw else " ")


def _marks(cells: list[Cell]) -> list[str]:
    lines = []
    if any(cell.scaled for cell in cells):
        lines.append(
            f"~ stopped after {SECONDS:g} s and scaled to {OPERATIONS:,}; the others made them all"
        )
    if any(cell.raw for cell in cells):
        lines.append(
            "* C's select with a larger set: select.select refuses descriptors from 1,024 on (FD_SETSIZE)"
        )
    reasons: dict[str, list[str]] = {}
    for cell in cells:
        if cell.why:
            reasons.setdefault(cell.why, []).append(f"{cell.mechanism} at {cell.descriptors:,}")
    return [*lines, *(f"- {', '.join(who)}: {why}" for why, who in reasons.items())]


def chart(cells: list[Cell]) -> Chart:
    lines = []
    for mechanism in BOOK:
        points = [
            (c.descriptors, c.seconds) for c in cells if c.mechanism == mechanism and c.seconds
        ]
        if points:
            lines.append(Line(f"{mechanism}, here", points, mechanism))
    for mechanism, seconds in BOOK.items():
        printed = list(zip(SIZES, map(float, seconds), strict=True))
        lines.append(Line(f"{mechanism}, the book", printed, mechanism, dashed=True))
    return Chart(
        f"{OPERATIONS:,} waits on N descriptors, here and in a book of 2010",
        "N, descriptors watched",
        "CPU seconds",
        lines,
    )


def svg(cells: list[Cell]) -> str:
    return chart_svg(chart(cells))
