"""Serve many clients on edge-triggered epoll: what is ready is told once, so it must be remembered.

The lesson: katas/d_multiplexing/d5_edge_triggered.md
"""

import select
import socket
import sys


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns, and waits only in
    a `select.epoll`, edge-triggered: sockets are registered with EPOLLET, and accepted from, read
    and written until the kernel says EAGAIN (BlockingIOError). Whatever a client does ends only
    itself. One that ends its sending side gets its whole answer, then end-of-file. One that does
    not read its answers is not read from for ever. Needs Linux.
    """
    # TODO: register with EPOLLET; remember who is ready, until the kernel says EAGAIN.
    raise NotImplementedError


if __name__ == "__main__":
    if not hasattr(select, "epoll"):
        sys.exit("this system has no epoll; it takes Linux")
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
