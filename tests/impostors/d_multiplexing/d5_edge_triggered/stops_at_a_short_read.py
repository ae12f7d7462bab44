"""Takes a short read for all that is there: an end-of-file behind it was reported with it, and never is again.

Caught by: test_an_end_that_came_with_the_last_bytes_is_seen[5B]
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

    def write(fd):
        try:
            while answers[fd]:
                answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
            return True
        except BlockingIOError:
            return False

    def talk(fd):
        while write(fd):
            data = clients[fd].recv(65536)
            if not data:
                drop(fd)
                return
            answers[fd] = data.upper()
            if len(data) < 65536:  # less than asked for, so that was all
                write(fd)
                return

    while True:
        for fd, _ in poller.poll():
            try:
                welcome() if fd == listener.fileno() else talk(fd)
            except BlockingIOError:
                continue
            except OSError:
                if fd in clients:
                    drop(fd)
