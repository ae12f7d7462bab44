"""Watches for reading, or for writing while something is unsent, always with EPOLLET; changing the mask asks anew."""

import select

READ, WRITE = select.EPOLLIN | select.EPOLLET, select.EPOLLOUT | select.EPOLLET
AT_ONCE = 20  # pieces, then the others have their turn: modify reports again what is still ready


def serve(listener):
    epoll = select.epoll()
    listener.setblocking(False)
    epoll.register(listener, READ)
    clients, unsent = {}, {}

    def talk(fd):
        """The events to watch from now on."""
        sock = clients[fd]
        for _ in range(AT_ONCE):
            if fd not in unsent:
                try:
                    data = sock.recv(65536)
                except BlockingIOError:
                    return READ
                if not data:
                    return 0
                unsent[fd] = data.upper()
            try:
                rest = unsent.pop(fd)
                sent = sock.send(rest)
            except BlockingIOError:
                sent = 0
            if sent < len(rest):
                unsent[fd] = rest[sent:]
                return WRITE
        return READ

    def drop(fd):
        epoll.unregister(fd)
        unsent.pop(fd, None)
        clients.pop(fd).close()

    while True:
        for fd, _ in epoll.poll():
            if fd == listener.fileno():
                try:
                    while True:
                        sock, _ = listener.accept()
                        sock.setblocking(False)
                        clients[sock.fileno()] = sock
                        epoll.register(sock, READ)
                except OSError:
                    continue
            try:
                events = talk(fd)
            except OSError:
                events = 0
            if events:
                epoll.modify(fd, events)
            else:
                drop(fd)
