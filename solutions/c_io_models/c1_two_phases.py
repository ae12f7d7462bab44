"""Read from a socket in two phases: wait until the kernel has something, then copy it.

The lesson: katas/c_io_models/c1_two_phases.md
"""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple


class Reception(NamedTuple):
    """What one read took, in seconds, and what it brought."""

    waited: float  # phase 1: the kernel had nothing
    copied: float  # phase 2: from the kernel into this process
    data: bytes


def receive(sock: socket.socket, size: int) -> Reception:
    """Read once from the blocking socket `sock`: up to `size` bytes, as soon as anything is there.

    `waited` is how long the kernel had nothing, asleep and not asking again and again; `copied` is
    how long it took to get the data once it was there. Bytes beyond `size` stay for the next call.
    At end-of-file `data` is `b""`: that is something, too, and worth no more waiting.
    """
    began = time.perf_counter()
    # A peek sleeps like any recv, and leaves what it saw where it was. select.select would do, too.
    sock.recv(1, socket.MSG_PEEK)
    ready = time.perf_counter()
    data = sock.recv(size)
    return Reception(ready - began, time.perf_counter() - ready, data)


if __name__ == "__main__":

    def do_later(seconds: float, action: Callable[[], Any]) -> None:
        """`action()` in `seconds`, in another thread."""
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()

    here, there = socket.socketpair()
    with here, there:

        def show(what: str) -> None:
            waited, copied, data = receive(here, 65_536)
            print(
                f"{what:<26} waited {waited * 1000:7.3f} ms, copied {copied * 1000:.3f} ms,"
                f" {len(data):>6,} bytes"
            )

        do_later(0.5, lambda: there.sendall(b"x" * 50_000))
        show("they come after 0.5 s:")
        there.sendall(b"y" * 50_000)
        time.sleep(0.5)
        show("they came 0.5 s ago:")
        do_later(0.5, lambda: there.shutdown(socket.SHUT_WR))
        show("the end comes after 0.5 s:")
