"""Treats the bytes as UTF-8 text: what is no text comes back as something else.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""

import select

CLIENT = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
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
            answers[fd] = data.decode(errors="replace").upper().encode()

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
