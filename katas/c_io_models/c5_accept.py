"""Wait for a client without blocking: do other work whenever nobody is there.

The lesson: katas/c_io_models/c5_accept.md
"""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any


def accept_meanwhile(listener: socket.socket, other_work: Callable[[], Any]) -> socket.socket:
    """The connection of the next client; `other_work()` is called each time nobody is there.

    `listener` is a bound, listening TCP socket, blocking as all sockets are at first; it never
    blocks in here. The connection that is handed back does not block either. Every error but
    "nobody is there" comes out.
    """
    # TODO: what does accept() do on a listener that does not block, when nobody is there?
    raise NotImplementedError


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.socket()
        visit = threading.Timer(0.3, client.connect, [listener.getsockname()])
        visit.daemon = True
        visit.start()
        times = [0]

        def fetch_medicine() -> None:
            times[0] += 1

        began, cpu = time.perf_counter(), time.process_time()
        connection = accept_meanwhile(listener, fetch_medicine)
        took, burnt = time.perf_counter() - began, time.process_time() - cpu
        print(f"a client came after {took:.2f} s; nobody was there {times[0]:,} times")
        print(f"processor time for asking: {burnt:.2f} s")
        with connection, client:
            try:
                connection.recv(1024)
            except BlockingIOError as error:
                print(f"recv, as it has said nothing yet: BlockingIOError: {error}")
