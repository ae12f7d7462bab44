"""Serve many clients with calls that block: a thread per client.

The lesson: katas/c_io_models/c3_threaded_server.md
"""

import contextlib
import socket
import sys
import threading
import time


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, each client in a thread of its own.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns. A thread begins
    when its client comes and ends when it leaves, and then its socket is closed. Nobody waits for
    anybody else. A client that ends its sending side gets its whole answer, then end-of-file; one
    that resets its connection ends only itself.
    """
    while True:
        # No more descriptors (OSError), or no more threads: the others stay.
        with contextlib.suppress(OSError, RuntimeError):
            client, _ = listener.accept()
            threading.Thread(target=answer, args=(client,), daemon=True).start()


def answer(client: socket.socket) -> None:
    """Serve one client to its end."""
    # Closing belongs in here: whoever accepts has moved on long ago.
    with client, contextlib.suppress(OSError):
        while data := client.recv(65536):
            client.sendall(data.upper())


if __name__ == "__main__":

    def report_threads() -> None:
        """Print how many threads there are, whenever that changes; this one is not counted."""
        before = 0
        while True:
            if (now := threading.active_count() - 1) != before:
                print(f"threads: {now}", flush=True)
            before = now
            time.sleep(0.2)

    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8083
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError:
        sys.exit(f"port {port} cannot be had; give another one, or 0 for any free one")
    port = listener.getsockname()[1]
    print(f"listening on 127.0.0.1:{port}, Ctrl-C ends it; try: nc 127.0.0.1 {port}", flush=True)
    threading.Thread(target=report_threads, daemon=True).start()
    try:
        serve(listener)
    except KeyboardInterrupt:
        print("\nstopped")
    finally:
        listener.close()
