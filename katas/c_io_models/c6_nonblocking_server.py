"""Serve many clients in one thread with calls that never block: ask everybody, round after round.

The lesson: katas/c_io_models/c6_nonblocking_server.md
"""

import socket
import sys


def serve(listener: socket.socket, nap: float = 0.0) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. A round asks the
    listener and every client; after a round in which nobody had anything it sleeps `nap` seconds,
    and with `nap` 0 it never sleeps. No call blocks, no select, no threads.

    Whatever a client does ends only itself. One that ends its sending side gets its whole answer,
    then end-of-file. One that does not read its answers is not read from for ever.
    """
    # TODO: make the listener and every client non-blocking. In each round: accept, receive from
    # the readers, send what is unsent; BlockingIOError means "not now".
    raise NotImplementedError


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
