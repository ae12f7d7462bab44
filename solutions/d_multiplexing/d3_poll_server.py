"""Serve more clients than select can hold, in one thread: poll takes a list of any length.

The lesson: katas/d_multiplexing/d3_poll_server.md
"""

import select
import socket
import sys


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns, and waits only in
    a `select.poll`. Whatever a client does ends only itself. One that ends its sending side gets
    its whole answer, then end-of-file. One that does not read its answers is not read from for
    ever. Needs a system with poll: not Windows.
    """
    listener.setblocking(False)
    door = listener.fileno()
    poller = select.poll()
    poller.register(door, select.POLLIN)
    clients: dict[int, socket.socket] = {}
    answers: dict[int, memoryview] = {}  # what the kernel has not taken yet

    def accept() -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # gone again, or no descriptor is left: the others stay
        client.setblocking(False)
        clients[client.fileno()] = client
        poller.register(client, select.POLLIN)

    # Read or written, never both: so an answer is never overwritten, nobody can pile answers up,
    # and at end-of-file nothing is unsent.
    def read(fd: int) -> None:
        if data := clients[fd].recv(65536):
            answers[fd] = memoryview(data.upper())
            poller.modify(fd, select.POLLOUT)
        else:
            drop(fd)

    def write(fd: int) -> None:
        answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
        if not answers[fd]:
            del answers[fd]
            poller.modify(fd, select.POLLIN)

    def drop(fd: int) -> None:
        # First out of the list, then closed: poll would report a closed descriptor (POLLNVAL) at
        # every call, until the number belongs to somebody else.
        poller.unregister(fd)
        answers.pop(fd, None)
        clients.pop(fd).close()

    while True:
        # What was reported is not looked at: POLLHUP and POLLERR come without being asked for, and
        # the call that is due anyway says the same more exactly.
        for fd, _ in poller.poll():
            try:
                if fd == door:
                    accept()
                elif fd in answers:
                    write(fd)
                else:
                    read(fd)
            except BlockingIOError:
                pass  # woken for nothing
            except OSError:
                drop(fd)


if __name__ == "__main__":
    if not hasattr(select, "poll"):
        sys.exit("this system has no poll; it takes any system but Windows")
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
