"""Sends with a blocking sendall: one client that does not read stops the whole server.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import select

CLIENT = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
TURNS = 16  # of one client, before the others have theirs


def serve(listener):
    listener.setblocking(False)
    poller = select.epoll()
    poller.register(listener, select.EPOLLIN | select.EPOLLET)
    clients = {}

    def welcome():
        while True:
            client, _ = listener.accept()
            client.setblocking(False)
            clients[client.fileno()] = client
            poller.register(client, CLIENT)

    def drop(fd):
        poller.unregister(fd)
        clients.pop(fd).close()

    def talk(fd):
        for _ in range(TURNS):
            data = clients[fd].recv(65536)
            if not data:
                raise EOFError
            clients[fd].setblocking(True)
            clients[fd].sendall(data.upper())
            clients[fd].setblocking(False)

    ready = set()
    while True:
        ready.update(fd for fd, _ in poller.poll(0 if ready else None))
        for fd in list(ready):
            try:
                welcome() if fd == listener.fileno() else talk(fd)
            except BlockingIOError:
                ready.discard(fd)
            except (OSError, EOFError):
                ready.discard(fd)
                if fd in clients:
                    drop(fd)
