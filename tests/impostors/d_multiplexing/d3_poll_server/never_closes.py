"""Forgets clients that are gone, without closing their sockets.

Caught by: test_sockets_of_clients_that_left_are_closed, test_clients_that_vanish_cost_nobody_else_anything
"""

import select

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener):
    listener.setblocking(False)
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    clients, answers, ended, gone = {}, {}, set(), []

    def drop(fd):
        poller.unregister(fd)
        gone.append(clients.pop(fd))
        answers.pop(fd)
        ended.discard(fd)

    def watch(fd):
        mask = select.POLLOUT if answers[fd] else 0
        if fd not in ended and len(answers[fd]) <= ENOUGH:
            mask |= select.POLLIN
        poller.modify(fd, mask) if mask else drop(fd)

    while True:
        for fd, event in poller.poll():
            try:
                if fd == listener.fileno():
                    client, _ = listener.accept()
                    client.setblocking(False)
                    clients[client.fileno()], answers[client.fileno()] = client, b""
                    poller.register(client, select.POLLIN)
                    continue
                if event & ~select.POLLOUT:
                    data = clients[fd].recv(65536)
                    answers[fd] += data.upper()
                    if not data:
                        ended.add(fd)
                if event & select.POLLOUT:
                    answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
                watch(fd)
            except BlockingIOError:
                continue
            except OSError:
                if fd in clients:
                    drop(fd)
