"""The fixture `upstream`: the server behind a relay. Its connections are played by the crowd's own thread."""

from __future__ import annotations

import socket

from dojo.crowd import LIMIT, Client, Crowd

BACKLOG = 1024
RECEIVE_BUFFER = 262_144  # bytes, so that whoever does not read is soon full
SEND_BUFFER = 400_000
FILLERS = 20  # connections that a backlog of 1 must not hold
HANGS = 0.2  # seconds; on loopback a connect that succeeds has done so before it returns


class Upstream:
    """A listener on loopback; `address` is where it is."""

    def __init__(self) -> None:
        self._listener = self._listen(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self._fillers: list[socket.socket] = []

    def _listen(self, address: tuple[str, int]) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.bind(address)
        listener.listen(BACKLOG)
        return listener

    def accept(self, people: Crowd, limit: float = LIMIT) -> Client:
        """The next connection that is made to it, as one of `people`; a Failure if none is within `limit` seconds."""
        while True:
            self._listener.settimeout(limit)
            try:
                sock, peer = self._listener.accept()
            except TimeoutError:
                raise people.server.blame(
                    f"A client has connected, and no connection to upstream was made within {limit:g} s."
                ) from None
            if not self._is_filler(peer):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return people.adopt(sock, "upstream")
            sock.close()

    def pair(self, people: Crowd) -> tuple[Client, Client]:
        """A client that joins now, and its connection at the far end."""
        (near,) = people.join(1)
        return near, self.accept(people)

    # -- what may go wrong with it -------------------------------------------------------------------------

    def refuse(self) -> None:
        """From now on nobody listens here; the address stays taken, so that nobody else does."""
        self._listener.close()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(self.address)

    def hang(self) -> str:
        """Let the next connect wait for ever, by a queue that is full; the reason if this system does not do so."""
        self._listener.listen(1)
        for _ in range(FILLERS):
            filler = socket.socket()
            filler.settimeout(HANGS)
            try:
                filler.connect(self.address)
            except TimeoutError:
                filler.close()
                return ""
            except OSError:
                filler.close()
                return "this system refuses connections when a listener's queue is full"
            self._fillers.append(filler)
        return "this system's queue of connections that wait to be accepted is never full"

    def take_all(self) -> None:
        """Empty the queue again. What was hanging tries again: after 1 s, then 2 s, 4 s (RFC 6298)."""
        self._listener.listen(BACKLOG)

    def _is_filler(self, peer: tuple[str, int]) -> bool:
        return any(filler.getsockname() == peer for filler in self._fillers)

    def close(self) -> None:
        self._listener.close()
        for filler in self._fillers:
            filler.close()
