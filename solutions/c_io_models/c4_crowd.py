"""Be many clients at the same time: all connect, all speak, and each waits for its own answer.

The lesson: katas/c_io_models/c4_crowd.md
"""

import contextlib
import functools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def say_hello(address: tuple[str, int], clients: int) -> list[str]:
    """The answers to clients number 0 to `clients` - 1, in this order.

    Client n has a connection of its own to `address` and says `b"<n> hello"`, such as `b"7 hello"`.
    The answer is as long as the message; it may come in any pieces, and the server keeps the
    connection open after it. All clients wait at the same time. If one of them fails (refused,
    reset, or closed before its answer is whole), an OSError is raised whose text names its number.
    """
    # As many threads as clients, or some would only begin when others have ended. `map` keeps the
    # order and raises what a client raised, where a bare thread would lose both.
    with ThreadPoolExecutor(max(1, clients)) as pool:
        return list(pool.map(functools.partial(_hello, address), range(clients)))


def _hello(address: tuple[str, int], number: int) -> str:
    """What the server answers to client `number`."""
    message = b"%d hello" % number
    answer = b""
    try:
        with socket.create_connection(address) as sock:
            sock.sendall(message)
            # One recv is not one answer: it takes what has come so far.
            while len(answer) < len(message):
                data = sock.recv(1024)
                if not data:
                    raise EOFError(f"the server closed after {len(answer)} bytes of the answer")
                answer += data
    except (OSError, EOFError) as error:
        raise OSError(f"client {number}: {error}") from error
    return answer.decode()


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
