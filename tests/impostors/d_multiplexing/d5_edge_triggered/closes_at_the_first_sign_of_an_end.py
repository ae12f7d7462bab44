"""Takes EPOLLRDHUP for the end of a client: nothing more will be said, but much may still be unread or unsent.

Caught by: test_a_client_that_ends_its_sending_side_gets_its_whole_answer
"""

import select

CLIENT = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET
ENOUGH = 1 << 16  # bytes unsent, beyond which nothing more is read


def serve(listener):
    listener.setblocking(False)
    poller = select.epoll()
    poller.register(listener, select.EPOLLIN | select.EPOLLET)
    clients, answers, ended = {}, {}, set()

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
        ended.discard(fd)

    def read(fd):
        try:
            while fd not in ended and len(answers[fd]) < ENOUGH:
                data = clients[fd].recv(65536)
                answers[fd] += data.upper()
                if not data:
                    ended.add(fd)
            return True
        except BlockingIOError:
            return False

    def write(fd):
        try:
            while answers[fd]:
                answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
            return True
        except BlockingIOError:
            return False

    def talk(fd):
        while read(fd) | (bool(answers[fd]) and write(fd)):
            if fd in ended and not answers[fd]:
                drop(fd)
                return
            if answers[fd] and not write(fd):
                return

    while True:
        for fd, event in poller.poll():
            if event & (select.EPOLLRDHUP | select.EPOLLHUP) and fd in clients:
                drop(fd)
                continue
            try:
                welcome() if fd == listener.fileno() else talk(fd)
            except BlockingIOError:
                continue
            except OSError:
                if fd in clients:
                    drop(fd)
