"""Serve ten thousand connected clients in one thread: nearly all of them silent, and none forgotten.

The lesson: katas/d_multiplexing/d9_c10k.md
"""

import socket
import sys


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, ten thousand clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. A client that says
    nothing costs less than 1 KiB of memory and no CPU time, and a message among ten thousand
    silent clients costs what it costs among a hundred. Whatever a client does ends only itself.
    One that ends its sending side gets its whole answer, then end-of-file. One that does not read
    its answers is not read from for ever.
    """
    # TODO: let the kernel keep the list of clients. What do you keep for one that says nothing?
    raise NotImplementedError


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    try:
        listener = socket.create_server(("127.0.0.1", port), backlog=4096)
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
