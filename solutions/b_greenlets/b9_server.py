"""Serve a thousand clients with a greenlet each, and end decently.

The lesson: katas/b_greenlets/b9_server.md
"""

import signal
import socket
import sys

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, each client in a greenlet of its own.

    `listener` is a bound, listening, blocking TCP socket. `serve` runs on gevent's StreamServer, in
    one thread. Whatever a client does ends only itself. One that ends its sending side gets its
    whole answer, then end-of-file.

    On SIGTERM it accepts nobody any more and goes on answering for up to one second, so that who
    has sent something still gets the whole answer. Then it drops who is left and returns.
    """

    def answer(client: socket.socket, address: tuple) -> None:
        try:
            while data := client.recv(65536):
                client.sendall(data.upper())
        except OSError:
            pass  # it vanished; what else leaves this function is printed as a failure

    # StreamServer accepts until nobody is left in the queue. On a blocking listener that last
    # accept waits for the next client, and everybody else with it.
    listener.setblocking(False)
    # Only a pool knows who is still at work when the server stops.
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)


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
