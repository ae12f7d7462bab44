"""Does nothing about EPOLLERR and EPOLLHUP, for which it never asked: they are reported again and again.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""

import select


def serve(listener):
    listener.setblocking(False)
    door = listener.fileno()
    poller = select.epoll()
    poller.register(listener, select.EPOLLIN)
    clients, answers = {}, {}

    def drop(fd):
        poller.unregister(fd)
        clients.pop(fd).close()
        answers.pop(fd, None)

    while True:
        for fd, event in poller.poll():
            try:
                if fd == door:
                    client, _ = listener.accept()
                    client.setblocking(False)
                    clients[client.fileno()] = client
                    poller.register(client, select.EPOLLIN)
                    continue
                if not event & (select.EPOLLIN | select.EPOLLOUT):
                    continue
                if event == select.EPOLLIN | select.EPOLLERR | select.EPOLLHUP:
                    continue
                if fd in answers:
                    answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
                    if not answers[fd]:
                        del answers[fd]
                        poller.modify(fd, select.EPOLLIN)
                else:
                    data = clients[fd].recv(65536)
                    if not data:
                        drop(fd)
                        continue
                    answers[fd] = data.upper()
                    poller.modify(fd, select.EPOLLOUT)
            except BlockingIOError:
                continue
            except OSError:
                if fd in clients:
                    drop(fd)
