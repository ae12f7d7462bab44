"""Keeps its clients in a list and searches it at every message: who stands at its end is found last.

Caught by: test_an_answer_costs_the_same_among_many_silent_clients_as_among_few
"""

import select


def serve(listener):
    listener.setblocking(False)
    door = listener.fileno()
    poller = select.epoll()
    poller.register(listener, select.EPOLLIN)
    clients, answers = [], {}

    def find(fd):
        return next((c for c in clients if c.fileno() == fd), None)

    def drop(fd):
        poller.unregister(fd)
        client = find(fd)
        clients.remove(client)
        client.close()
        answers.pop(fd, None)

    while True:
        for fd, _ in poller.poll():
            try:
                if fd == door:
                    client, _ = listener.accept()
                    client.setblocking(False)
                    clients.append(client)
                    poller.register(client, select.EPOLLIN)
                    continue
                if fd in answers:
                    answers[fd] = answers[fd][find(fd).send(answers[fd]) :]
                    if not answers[fd]:
                        del answers[fd]
                        poller.modify(fd, select.EPOLLIN)
                else:
                    data = find(fd).recv(65536)
                    if not data:
                        drop(fd)
                        continue
                    answers[fd] = data.upper()
                    poller.modify(fd, select.EPOLLOUT)
            except BlockingIOError:
                continue
            except OSError:
                if find(fd):
                    drop(fd)
