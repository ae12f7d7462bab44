"""select.epoll (or kqueue) by descriptor number, sockets in one dictionary; where neither is, selectors."""

import select
import selectors
import socket


class Epoll:
    READ, WRITE = getattr(select, "EPOLLIN", 1), getattr(select, "EPOLLOUT", 4)

    def __init__(self):
        self.poll = select.epoll()

    def add(self, number):
        self.poll.register(number, self.READ)

    def reading(self, number):
        self.poll.modify(number, self.READ)

    def writing(self, number):
        self.poll.modify(number, self.WRITE)

    def ready(self):
        return [(number, mask & ~self.WRITE) for number, mask in self.poll.poll(maxevents=500)]

    def remove(self, number):
        self.poll.unregister(number)


class Portable:
    def __init__(self):
        self.selector = selectors.DefaultSelector()

    def add(self, number):
        self.selector.register(number, selectors.EVENT_READ)

    def reading(self, number):
        self.selector.modify(number, selectors.EVENT_READ)

    def writing(self, number):
        self.selector.modify(number, selectors.EVENT_WRITE)

    def ready(self):
        return [(key.fd, mask & selectors.EVENT_READ) for key, mask in self.selector.select()]

    def remove(self, number):
        self.selector.unregister(number)


def serve(listener):
    watch = Epoll() if hasattr(select, "epoll") else Portable()
    clients, rests = {}, {}
    listener.setblocking(False)
    door = listener.fileno()
    watch.add(door)

    def welcome():
        for _ in range(100):
            try:
                client, _ = socket.socket.accept(listener)
            except OSError:
                return
            client.setblocking(False)
            clients[client.fileno()] = client
            watch.add(client.fileno())

    def receive(number):
        data = clients[number].recv(16384)
        if not data:
            raise ConnectionError
        rests[number] = data.upper()
        send(number, new=True)

    def send(number, new=False):
        try:
            rest = rests[number][clients[number].send(rests[number]) :]
        except BlockingIOError:
            rest = rests[number]
        if rest:
            rests[number] = rest
            watch.writing(number)
        else:
            del rests[number]
            if not new:
                watch.reading(number)

    while True:
        for number, _ in watch.ready():
            if number == door:
                welcome()
                continue
            try:
                (send if number in rests else receive)(number)
            except BlockingIOError:
                continue
            except OSError:
                watch.remove(number)
                rests.pop(number, None)
                clients.pop(number).close()
