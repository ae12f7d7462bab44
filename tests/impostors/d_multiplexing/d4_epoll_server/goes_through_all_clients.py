"""Looks at all clients in each round to see whose answer is unsent: epoll saved that walk in vain.

Caught by: test_an_answer_costs_the_same_among_many_silent_clients_as_among_few
"""

import select

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener):
    listener.setblocking(False)
    poller = select.epoll()
    poller.register(listener, select.EPOLLIN)
    clients, answers, ended = {}, {}, set()

    def drop(fd):
        poller.unregister(fd)
        clients.pop(fd).close()
        answers.pop(fd)
        ended.discard(fd)

    def watch(fd):
        mask = select.EPOLLOUT if answers[fd] else 0
        if fd not in ended and len(answers[fd]) <= ENOUGH:
            mask |= select.EPOLLIN
        poller.modify(fd, mask) if mask else drop(fd)

    while True:
        for fd in list(clients):
            watch(fd)
        for fd, event in poller.poll():
            try:
                if fd == listener.fileno():
                    client, _ = listener.accept()
                    client.setblocking(False)
                    clients[client.fileno()], answers[client.fileno()] = client, b""
                    poller.register(client, select.EPOLLIN)
                    continue
                if event & ~select.EPOLLOUT:
                    data = clients[fd].recv(65536)
                    answers[fd] += data.upper()
                    if not data:
                        ended.add(fd)
                if event & select.EPOLLOUT:
                    answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
                watch(fd)
            except BlockingIOError:
                continue
            except OSError:
                if fd in clients:
                    drop(fd)
