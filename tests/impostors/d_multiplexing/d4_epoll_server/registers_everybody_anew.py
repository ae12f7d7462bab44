"""Makes a new epoll set for each wait, as if it were the list of poll.

Caught by: test_an_answer_costs_the_same_among_many_silent_clients_as_among_few
"""

import select

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener):
    listener.setblocking(False)
    clients, answers, ended = {}, {}, set()

    def drop(fd):
        clients.pop(fd).close()
        answers.pop(fd)
        ended.discard(fd)

    def wait():
        with select.epoll() as poller:
            poller.register(listener, select.EPOLLIN)
            for fd in clients:
                reading = fd not in ended and len(answers[fd]) <= ENOUGH
                mask = select.EPOLLIN if reading else 0
                poller.register(fd, mask | (select.EPOLLOUT if answers[fd] else 0))
            return poller.poll()

    while True:
        for fd, event in wait():
            try:
                if fd == listener.fileno():
                    client, _ = listener.accept()
                    client.setblocking(False)
                    clients[client.fileno()], answers[client.fileno()] = client, b""
                    continue
                if event & ~select.EPOLLOUT:
                    data = clients[fd].recv(65536)
                    answers[fd] += data.upper()
                    if not data:
                        ended.add(fd)
                if event & select.EPOLLOUT:
                    answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
                if fd in ended and not answers[fd]:
                    drop(fd)
            except BlockingIOError:
                continue
            except OSError:
                if fd in clients:
                    drop(fd)
