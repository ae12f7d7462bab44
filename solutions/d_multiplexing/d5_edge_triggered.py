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
    listener.setblocking(False)
    door = listener.fileno()
    epoll = select.epoll()
    epoll.register(door, select.EPOLLIN | select.EPOLLET)
    clients: dict[int, socket.socket] = {}
    answers: dict[int, memoryview] = {}  # what the kernel has not taken yet

    def accept() -> None:
        client, _ = listener.accept()
        client.setblocking(False)
        clients[client.fileno()] = client
        # Both, once and for all: there is no mask to change, and a report that nobody needs costs
        # one EAGAIN.
        epoll.register(client, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)

    def talk(fd: int) -> None:
        # Write as long as an answer is there, else read: so nobody can pile answers up, and at
        # end-of-file nothing is unsent. After the last byte of an answer reading goes on without a
        # new report: what has come meanwhile was reported long ago.
        client = clients[fd]
        if fd not in answers:
            data = client.recv(65536)
            if not data:
                raise EOFError
            answers[fd] = memoryview(data.upper())
        answers[fd] = answers[fd][client.send(answers[fd]) :]
        if not answers[fd]:
            del answers[fd]

    def drop(fd: int) -> None:
        epoll.unregister(fd)
        answers.pop(fd, None)
        clients.pop(fd).close()

    # Who was reported and has not said EAGAIN since: epoll tells once, so this must remember. One
    # step each per round, then nobody, however fast, keeps the others waiting.
    ready: set[int] = set()
    while True:
        ready.update(fd for fd, _ in epoll.poll(0 if ready else None))
        for fd in list(ready):
            try:
                accept() if fd == door else talk(fd)
            except BlockingIOError:
                ready.remove(fd)
            except (OSError, EOFError):
                # At the door it is one who is gone again, or no descriptor is left: ask again.
                if fd != door:
                    ready.remove(fd)
                    drop(fd)


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
