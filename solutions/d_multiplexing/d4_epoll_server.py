"""Serve two thousand clients in one thread: epoll keeps the list in the kernel.

The lesson: katas/d_multiplexing/d4_epoll_server.md
"""

import select
import socket
import sys


def serve(listener: socket.socket) -> None:
    """Answer every byte of every client in upper case, all clients at the same time.

    `listener` is a bound, listening, blocking TCP socket. `serve` never returns, and waits only in
    a `select.epoll`, level-triggered: clients are registered without EPOLLET. An answer costs the
    same among 2,000 silent clients as among 20. Whatever a client does ends only itself. One that
    ends its sending side gets its whole answer, then end-of-file. One that does not read its
    answers is not read from for ever. Needs Linux.
    """
    listener.setblocking(False)
    door = listener.fileno()
    epoll = select.epoll()
    epoll.register(door, select.EPOLLIN)
    clients: dict[int, socket.socket] = {}
    answers: dict[int, memoryview] = {}  # what the kernel has not taken yet
    while True:
        for fd, _ in epoll.poll():
            if fd == door:
                try:
                    client, _ = listener.accept()
                except OSError:
                    continue  # gone again, or no descriptor is left: the others stay
                client.setblocking(False)
                clients[client.fileno()] = client
                epoll.register(client, select.EPOLLIN)
                continue

            # Read or written, never both: so an answer is never overwritten, nobody can pile
            # answers up, and at end-of-file nothing is unsent.
            client = clients[fd]
            answer = answers.get(fd)
            try:
                if answer is None:
                    answer = client.recv(65536).upper()
                # Try at once: nearly always the kernel takes it all, and the mask stays as it is.
                sent = client.send(answer)
            except BlockingIOError:
                if answer is None:  # it was recv
                    continue  # woken for nothing
                sent = 0
            except OSError:
                answer = b""

            if not answer:
                # Before it is closed: afterwards epoll knows no such descriptor (EBADF).
                epoll.unregister(fd)
                answers.pop(fd, None)
                del clients[fd]
                client.close()
            elif sent < len(answer):
                if fd not in answers:
                    epoll.modify(fd, select.EPOLLOUT)
                answers[fd] = memoryview(answer)[sent:]
            elif fd in answers:
                del answers[fd]
                epoll.modify(fd, select.EPOLLIN)


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
