"""A generator per client yields at EAGAIN, and now and then without; the listener is level-triggered."""

import select

AGAIN, MORE = "wait for a report", "let the others go first"


def conversation(sock):
    unsent, ended = bytearray(), False
    with sock:
        while not ended or unsent:
            moved = False
            try:
                if not ended and len(unsent) < 300_000:
                    data = sock.recv(65536)
                    ended = not data
                    unsent += data.upper()
                    moved = True
            except BlockingIOError:
                pass
            except OSError:
                return
            try:
                if unsent:
                    del unsent[: sock.send(unsent)]
                    moved = True
            except BlockingIOError:
                pass
            except OSError:
                return
            yield MORE if moved else AGAIN


def serve(listener):
    epoll = select.epoll()
    listener.setblocking(False)
    epoll.register(listener, select.EPOLLIN)
    running, ready = {}, {}
    while True:
        for fd, _ in epoll.poll(0 if ready else None):
            if fd in running:
                ready[fd] = True
                continue
            try:
                while True:
                    sock, _ = listener.accept()
                    sock.setblocking(False)
                    running[sock.fileno()] = conversation(sock)
                    epoll.register(sock, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
            except OSError:
                continue
        for fd in list(ready):
            told = next(running[fd], None)
            if told is not MORE:
                del ready[fd]
            if told is None:
                del running[fd]
