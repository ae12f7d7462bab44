"""Write the event loop under async and await: tasks, timers and sockets, in one thread.

The lesson: katas/f_capstones/f1_event_loop.md
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Coroutine
from typing import Any


# A BaseException: `except Exception` around an await must not swallow a cancellation.
class Cancelled(BaseException):
    """Raised in a cancelled task, where it waits, and by its `join`."""


class Task:
    """A coroutine that the loop runs. `spawn` makes it."""

    async def join(self) -> Any:
        """Wait until the task has ended; give what it returned, or raise what it raised.

        Raises Cancelled if the task was cancelled.
        """
        raise NotImplementedError

    def cancel(self) -> None:
        """Raise Cancelled in the task, where it waits. If it has not begun, it never will."""
        raise NotImplementedError


def run(main: Coroutine) -> Any:
    """Run the coroutine `main` to its end; then cancel every task that is left, and wait for it.

    Gives what `main` returned, or raises what it raised.
    """
    # TODO: a list of those who can run is enough for the first steps; the suite leads on from there.
    raise NotImplementedError


def spawn(coroutine: Coroutine) -> Task:
    """Have the loop run `coroutine` beside the others, as a task."""
    raise NotImplementedError


async def sleep(seconds: float) -> None:
    """Let the others run for `seconds`."""
    raise NotImplementedError


async def accept(sock: socket.socket) -> tuple[socket.socket, Any]:
    """Wait for a client of the non-blocking listener `sock`: a non-blocking socket, its address.

    Errors of the socket come out.
    """
    raise NotImplementedError


async def recv(sock: socket.socket, n: int) -> bytes:
    """Wait for data; at most `n` bytes, b"" at its end. `sock` does not block; its errors come out."""
    raise NotImplementedError


async def sendall(sock: socket.socket, data: bytes) -> None:
    """Send all of `data`, waiting as often as needed. `sock` does not block; its errors come out."""
    raise NotImplementedError


async def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. Whatever a client
    does ends only itself. One that ends its sending side gets its whole answer, then end-of-file.
    One that does not read its answers is not read from for ever.
    """
    raise NotImplementedError


async def _nap(name: str, seconds: float) -> str:
    print(f"  {name} falls asleep for {seconds} s")
    await sleep(seconds)
    print(f"  {name} wakes up")
    return name


async def _demo(listener: socket.socket) -> None:
    began = time.perf_counter()
    naps = [spawn(_nap("eat", 1.0)), spawn(_nap("play", 0.5))]
    print([await nap.join() for nap in naps], f"took {time.perf_counter() - began:.1f} s")
    port = listener.getsockname()[1]
    print(f"listening on 127.0.0.1:{port}, Ctrl-C ends it; try: nc 127.0.0.1 {port}", flush=True)
    await serve(listener)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    try:
        run(_demo(listener))
    except KeyboardInterrupt:
        print("\nstopped")
