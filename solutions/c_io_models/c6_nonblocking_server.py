"""Serve many clients in one thread with calls that never block: ask everybody, round after round.

The lesson: katas/c_io_models/c6_nonblocking_server.md
"""

import contextlib
import socket
import sys
import time


def serve(listener: socket.socket, nap: float = 0.0) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. A round asks the
    listener and every client; after a round in which nobody had anything it sleeps `nap` seconds,
    and with `nap` 0 it never sleeps. No call blocks, no select, no threads.

    Whatever a client does ends only itself. One that ends its sending side gets its whole answer,
    then end-of-file. One that does not read its answers is not read from for ever.
    """
    listener.setblocking(False)
    readers: set[socket.socket] = set()
    answers: dict[socket.socket, memoryview] = {}  # what the kernel has not taken yet
    while True:
        busy = False

        # BlockingIOError means "nobody there"; every other error leaves the server as it is, too.
        with contextlib.suppress(OSError):
            client, _ = listener.accept()
            client.setblocking(False)
            readers.add(client)

        for client in list(readers):
            try:
                data = client.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            # Read or written, never both: so an answer is never overwritten, nobody can pile
            # answers up, and at end-of-file nothing is unsent.
            readers.remove(client)
            if data:
                answers[client] = memoryview(data.upper())
            else:
                client.close()

        for client, answer in list(answers.items()):
            try:
                # The kernel takes what fits. A view costs no copy of the rest.
                rest = answer[client.send(answer) :]
            except BlockingIOError:
                pass  # no room yet
            except OSError:
                del answers[client]
                client.close()  # it has vanished
            else:
                busy = True  # whoever has said something is answered in the same round
                if rest:
                    answers[client] = rest
                else:
                    del answers[client]
                    readers.add(client)

        if nap and not busy:
            time.sleep(nap)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    nap = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"listening on 127.0.0.1:{port}, Ctrl-C ends it; try: nc 127.0.0.1 {port}", flush=True)
    try:
        serve(listener, nap)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
