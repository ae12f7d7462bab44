"""Registers with EPOLLET, and forgets it when a client is watched for writing: level-triggered from then on.

Caught by: test_every_client_is_watched_edge_triggered
"""

import select

CLIENT = select.EPOLLIN | select.EPOLLET
TURNS = 16  # of one client, before the others have theirs


def serve(listener):
    listener.setblocking(False)
    poller = select.epoll()
    poller.register(listener, select.EPOLLIN | select.EPOLLET)
    clients, answers = {}, {}

    def welcome():
        while True:
            client, _ = listener.accept()
            client.setblocking(False)
            clients[client.fileno()], answers[client.fileno()] = client, b""
            poller.register(client, CLIENT)

    def drop(fd):
        poller.unregister(fd)
        clients.pop(fd).close()
        answers.pop(fd)

    def talk(fd):
        for _ in range(TURNS):
            while answers[fd]:
                answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
            data = clients[fd].recv(65536)
            if not data:
                raise EOFError
            answers[fd] = data.upper()

    def watch(fd):
        if fd in clients:
            poller.modify(fd, select.EPOLLOUT if answers[fd] else select.EPOLLIN)

    ready = set()
    while True:
        ready.update(fd for fd, _ in poller.poll(0 if ready else None))
        for fd in list(ready):
            try:
                welcome() if fd == listener.fileno() else talk(fd)
            except BlockingIOError:
                ready.discard(fd)
                watch(fd)
            except (OSError, EOFError):
                ready.discard(fd)
                if fd in clients:
                    drop(fd)
