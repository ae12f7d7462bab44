"""Be many clients at the same time: all connect, all speak, and each waits for its own answer.

The lesson: katas/c_io_models/c4_crowd.md
"""

import contextlib
import socket
import threading
import time


def say_hello(address: tuple[str, int], clients: int) -> list[str]:
    """The answers to clients number 0 to `clients` - 1, in this order.

    Client n has a connection of its own to `address` and says `b"<n> hello"`, such as `b"7 hello"`.
    The answer is as long as the message; it may come in any pieces, and the server keeps the
    connection open after it. All clients wait at the same time. If one of them fails (refused,
    reset, or closed before its answer is whole), an OSError is raised whose text names its number.
    """
    # TODO: one client first, as a function; then all of them at the same time.
    raise NotImplementedError


if __name__ == "__main__":

    def answer_slowly(connection: socket.socket) -> None:
        """A server's side of one client: it thinks for a second about whatever it hears."""
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(1024):
                time.sleep(1)
                connection.sendall(data.upper())

    def accept_all(listener: socket.socket) -> None:
        """A server that takes all at once: a thread each."""
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=answer_slowly, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        threading.Thread(target=accept_all, args=(listener,), daemon=True).start()
        for clients in (1, 20):
            began = time.perf_counter()
            answers = say_hello(listener.getsockname(), clients)
            print(f"{clients:>2} clients: {time.perf_counter() - began:.2f} s   {answers[-1]}")
