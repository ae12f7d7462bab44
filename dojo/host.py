"""The fixture `host`: a real server on loopback for clients under test, which notes who waited when.

It answers every byte with its upper-case form and keeps the connection open. How long it makes its clients wait,
and what else it does to them, is told when it is started. It runs in threads of the judge's process.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dojo.crowd import LINGER_NOT
from dojo.loopback import LoopbackServer
from dojo.scenarios import Story
from dojo.timeline import Span

TICK = 0.01  # seconds between two looks at what a client waits for
LIMIT = 60.0  # seconds after which a connection is given up
UNFINISHED = 0.5  # seconds after which a message without its last word is taken as it is
NOBODY_NEW = 3.0  # seconds without a newcomer after which no more are waited for
PATIENCE = 3.0  # seconds that clients may stay when all are answered
WORTH_A_PICTURE = 0.2  # seconds of waiting
APART = 0.02  # seconds between two answers of `last_first`


@dataclass
class Visit:
    """One client that has spoken: readings of perf_counter; `ended` is None while it waits for its answer."""

    began: float
    heard: bytes = b""
    ended: float | None = None


class Host(LoopbackServer):
    """`visits` are in the order in which clients spoke.

    last_word   how a whole message ends
    seconds     so long a client waits for its answer; all wait at the same time
    meet        nobody is answered before so many wait at the same time, or nobody new comes any more
    last_first  who spoke last is answered first
    drip        seconds between two bytes of an answer
    fates       by message, what a client gets in place of its answer: "reset", "close" (end-of-file),
                "half" (of the answer, then end-of-file)
    """

    def __init__(
        self,
        *,
        last_word: bytes,
        seconds: float = 0.0,
        meet: int = 1,
        last_first: bool = False,
        drip: float = 0.0,
        fates: Mapping[bytes, str] | None = None,
    ):
        self.visits: list[Visit] = []
        self.most_waiting = 0
        self.overstayed = 0  # clients that were still connected when there was nothing to wait for
        self._last_word, self._seconds, self._drip = last_word, seconds, drip
        self._meet, self._last_first, self._fates = meet, last_first, dict(fates or {})
        self._changing = threading.Lock()
        self._met: float | None = None  # since when clients are answered
        self._moved = time.perf_counter()  # when somebody last came or was answered
        super().__init__()

    @property
    def heard(self) -> list[bytes]:
        """What the clients said, in the order in which they spoke."""
        return [visit.heard for visit in self.visits]

    @property
    def story(self) -> Story:
        """Who waited when, for the picture; nothing where nobody waited long enough to be seen."""
        if all((v.ended or v.began) - v.began < WORTH_A_PICTURE for v in self.visits):
            return Story()
        spans = [
            Span(
                v.heard.decode("latin-1"),
                v.began - self._began,
                None if v.ended is None else v.ended - self._began,
                runs=(),
            )
            for v in self.visits
        ]
        return Story(spans, until=max((s.ended or s.began for s in spans), default=None))

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(LIMIT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            message = connection.recv(1024)
            if not message:
                return
            while not message.endswith(self._last_word) and _readable(connection, UNFINISHED):
                data = connection.recv(1024)
                if not data:
                    break
                message += data
            visit = self._begin(message)
            self._wait_for_turn(visit)
            self._answer(connection, visit)
            self._keep_open(connection, visit)

    def _begin(self, message: bytes) -> Visit:
        with self._changing:
            self._moved = time.perf_counter()
            visit = Visit(self._moved, message)
            self.visits.append(visit)
            waiting = sum(visit.ended is None for visit in self.visits)
            self.most_waiting = max(self.most_waiting, waiting)
            if waiting >= self._meet and self._met is None:
                self._met = self._moved
        return visit

    def _wait_for_turn(self, visit: Visit) -> None:
        while self._met is None and not self._closing:
            time.sleep(TICK)
            with self._changing:
                if self._met is None and time.perf_counter() - self._moved > NOBODY_NEW:
                    self._met = time.perf_counter()
        turn = visit.began + self._seconds
        if self._last_first:
            turn = (self._met or 0) + APART * max(0, self._meet - 1 - self.visits.index(visit))
        while (left := turn - time.perf_counter()) > 0 and not self._closing:
            time.sleep(min(left, 0.1))

    def _answer(self, connection: socket.socket, visit: Visit) -> None:
        answer = visit.heard.upper()
        fate = self._fates.get(visit.heard)
        if fate is not None:
            self._end(visit)
            if fate == "half":
                connection.sendall(answer[: len(answer) // 2])
            if fate == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            raise ConnectionAbortedError
        while self._drip and len(answer) > 1:
            connection.sendall(answer[:1])
            answer = answer[1:]
            time.sleep(self._drip)
        connection.sendall(answer[:-1])
        self._end(visit)  # before the last byte: who has it may go on at once
        connection.sendall(answer[-1:])

    def _end(self, visit: Visit) -> None:
        with self._changing:
            visit.ended = self._moved = time.perf_counter()

    def _keep_open(self, connection: socket.socket, visit: Visit) -> None:
        """Answer whatever else the client says, until it leaves or has no reason to stay."""
        while not self._closing:
            if _readable(connection, 0.1):
                data = connection.recv(1024)
                if not data:
                    return
                visit.heard += data
                connection.sendall(data.upper())
            elif time.perf_counter() - self._moved > PATIENCE:
                with self._changing:
                    self.overstayed += 1
                return


class Hosts:
    """`host(…)` starts one, see Host; all are closed with the test."""

    def __init__(self) -> None:
        self._hosts: list[Host] = []

    def __call__(self, **manners: Any) -> Host:
        self._hosts.append(Host(**manners))
        return self._hosts[-1]

    @property
    def story(self) -> Story:
        """What happened to the last one."""
        return self._hosts[-1].story if self._hosts else Story()

    whole_story = story

    def close(self) -> None:
        for host in self._hosts:
            host.close()


def _readable(connection: socket.socket, seconds: float) -> bool:
    return bool(select.select([connection], [], [], seconds)[0])
