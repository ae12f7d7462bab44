"""A chat: whatever one says, all others hear, and nobody waits for a reader who does not read.

The lesson: katas/d_multiplexing/d7_chat.md
"""

import socket
import sys


def serve(listener: socket.socket, max_line: int = 1024, max_backlog: int = 65536) -> None:
    r"""Run a chat for everybody who connects to `listener`, a bound, listening TCP socket. Never returns.

    All is lines of bytes that end with b"\n"; a b"\r" before that is dropped. A client's first line is
    its nickname. From then on it hears what all others do, and they hear what it does:

        * ada joined
        ada: every line that she says
        * ada left

    Until then it hears nothing. What it said after its last newline is discarded when it leaves;
    ending the sending side is leaving. These are let go, with a parting line:

        NICK TAKEN       for a nickname that somebody has
        BAD NICK         for an empty one, and one with a space in it
        LINE TOO LONG    for a line, or a nickname, of more than `max_line` bytes, newline not counted

    A reader that is too slow is dropped, and has `left` like any other: when more than `max_backlog`
    bytes for it remain after the kernel has refused to take them. A nickname is free again at once.
    """
    # TODO: register the listener and every client, keep what is unsent for each, loop over select().
    raise NotImplementedError


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8084
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"a chat on 127.0.0.1:{port}, Ctrl-C ends it; try twice: nc 127.0.0.1 {port}", flush=True)
    try:
        serve(listener)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
