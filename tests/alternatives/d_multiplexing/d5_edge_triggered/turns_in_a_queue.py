"""A queue of clients that may go on; each has up to 16 turns, and the mask never changes."""

import select
from collections import deque

EVENTS = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET


class Client:
    def __init__(self, sock):
        sock.setblocking(False)
        self.sock, self.unsent, self.queued = sock, b"", False

    def turns(self):
        """Whether there may be more to do; EOFError and OSError at the end."""
        try:
            for _ in range(16):
                if not self.unsent:
                    self.unsent = self.sock.recv(8192).upper()
                    if not self.unsent:
                        raise EOFError
                self.unsent = self.unsent[self.sock.send(self.unsent) :]
        except BlockingIOError:
            return False
        return True


def serve(listener):
    epoll = select.epoll()
    listener.setblocking(False)
    epoll.register(listener, select.EPOLLIN | select.EPOLLET)
    clients, queue = {}, deque()

    def accept_all():
        while True:
            try:
                sock, _ = listener.accept()
            except ConnectionAbortedError:
                continue
            except OSError:
                return
            clients[sock.fileno()] = Client(sock)
            epoll.register(sock, EVENTS)

    while True:
        for fd, _ in epoll.poll(0 if queue else -1):
            client = clients.get(fd)
            if client is None:
                accept_all()
            elif not client.queued:
                client.queued = True
                queue.append(client)
        for _ in range(len(queue)):
            client = queue.popleft()
            try:
                client.queued = client.turns()
            except (OSError, EOFError):
                del clients[client.sock.fileno()]
                client.sock.close()
                continue
            if client.queued:
                queue.append(client)
