"""A relay: it stands between its clients and another server, and passes on what each side says.

The lesson: katas/d_multiplexing/d8_relay.md
"""

import socket
import sys


def serve(listener: socket.socket, upstream: tuple[str, int]) -> None:
    """Connect every client of `listener` with `upstream`, and forward bytes both ways. Never returns.

    `listener` is a bound, listening, blocking TCP socket; `upstream` is a numeric host and a port.
    For each client there is one connection to `upstream`: a pair. What one side of it says, the
    other one hears, byte for byte, also while the other direction stands still. When a side ends
    its sending, the other one sees end-of-file after all data, and may go on sending. A reset on
    one side ends both, and so does an upstream that refuses.

    Whoever does not read is not sent to without bound: a pair costs less than 1 MiB. No pair waits
    for another, not even for one whose connect to `upstream` hangs.
    """
    # TODO: accept, connect without waiting, and watch both sockets of every pair.
    raise NotImplementedError


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8085
    upstream = ("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8000)
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"relaying 127.0.0.1:{port} to {upstream[0]}:{upstream[1]}, Ctrl-C ends it", flush=True)
    print(f"try: curl http://127.0.0.1:{port}/", flush=True)
    try:
        serve(listener, upstream)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
