"""Serve one client at a time with calls that block: accept, receive, send.

The lesson: katas/c_io_models/c2_blocking_server.md
"""

import socket
import sys


def serve(listener: socket.socket) -> None:
    """Answer every byte of a client in upper case until it leaves, then take the next client.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. A client that
    ends its sending side gets its whole answer, then end-of-file; one that resets its connection
    ends only itself. Every client's socket is closed when it leaves.
    """
    while True:
        # One client's error ends one client only, so it is caught inside the loop.
        try:
            client, _ = listener.accept()
            with client:
                while data := client.recv(65536):
                    # send() may take a part; sendall() comes back when all is taken.
                    client.sendall(data.upper())
        except OSError:
            pass


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
