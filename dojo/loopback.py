"""Servers in threads of the judge's process: the base of the fixtures `web` and `host`."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable


class LoopbackServer:
    """Accepts on 127.0.0.1, and serves every connection in a thread of its own with `_serve`."""

    def __init__(self) -> None:
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address: tuple[str, int] = self._listener.getsockname()
        self._began = time.perf_counter()
        self._start(self._accept)

    def _serve(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def _start(self, work: Callable[..., None], *args: socket.socket) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                continue
            self._connections.add(connection)
            self._start(self._serve, connection)

    def close(self) -> None:
        """End every connection and every thread."""
        self._closing = True
        with contextlib.suppress(OSError):  # wakes the thread that accepts, on every system
            socket.create_connection(self.address).close()
        self._threads[0].join(5)
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()
