"""Serve many clients in one thread: let select say who can be read and who can be written.

The lesson: katas/d_multiplexing/d2_select_server.md
"""

import os
import select
import socket
import sys


def selectable(client: socket.socket, watched: int) -> bool:
    """Whether select can watch this client beside `watched` others."""
    # FD_SETSIZE: Windows counts the sockets, everybody else looks at the descriptor's number.
    return watched < 512 if os.name == "nt" else client.fileno() < 1024


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns, and waits only in
    `select.select`. Whatever a client does ends only itself. One that ends its sending side gets
    its whole answer, then end-of-file. One that does not read its answers is not read from for
    ever. A client that select cannot watch (FD_SETSIZE) is closed at once.
    """
    listener.setblocking(False)
    readers = {listener}
    answers: dict[socket.socket, memoryview] = {}  # what the kernel has not taken yet
    while True:
        # Only who has an answer waiting is watched for writing: nearly every socket is writable
        # nearly always, and select would come back at once, for ever.
        readable, writable, _ = select.select(readers, answers, [])

        for sock in readable:
            if sock is listener:
                try:
                    client, _ = listener.accept()
                except OSError:
                    continue  # gone again, or no descriptor is left: the others stay
                if selectable(client, len(readers) + len(answers)):
                    client.setblocking(False)
                    readers.add(client)
                else:
                    client.close()
                continue

            try:
                data = sock.recv(65536)
            except BlockingIOError:
                continue  # woken for nothing
            except OSError:
                data = b""
            # Read or written, never both: so an answer is never overwritten, nobody can pile
            # answers up, and at end-of-file nothing is unsent.
            readers.remove(sock)
            if data:
                answers[sock] = memoryview(data.upper())
            else:
                sock.close()

        for client in writable:
            try:
                rest = answers[client][client.send(answers[client]) :]
            except BlockingIOError:
                continue  # woken for nothing
            except OSError:
                del answers[client]
                client.close()
                continue
            if rest:
                answers[client] = rest
            else:
                del answers[client]
                readers.add(client)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"listening on 127.0.0.1:{port}, Ctrl-C ends it; try: nc 127.0.0.1 {port}", flush=True)
    try:
        serve(listener)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
