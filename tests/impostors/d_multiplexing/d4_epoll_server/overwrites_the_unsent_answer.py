"""Puts the next answer in the place of one that is not sent yet.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import select


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
        if fd not in ended:
            mask |= select.EPOLLIN
        poller.modify(fd, mask) if mask else drop(fd)

    while True:
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
                    answers[fd] = data.upper() or answers[fd]
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
