"""Reads once per report, 64 KiB: enough for most messages, not for what comes while it is busy.

Caught by: test_what_came_at_once_is_read_and_answered_to_its_end[150kB]
"""

import select

CLIENT = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET


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
        if not answers[fd]:
            data = clients[fd].recv(65536)
            if not data:
                raise EOFError
            answers[fd] = data.upper()
        while answers[fd]:
            answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]

    while True:
        for fd, _ in poller.poll():
            try:
                welcome() if fd == listener.fileno() else talk(fd)
            except BlockingIOError:
                continue
            except (OSError, EOFError):
                if fd in clients:
                    drop(fd)
