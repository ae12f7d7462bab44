"""Asks with a time-out of 0, round after round, instead of sleeping until somebody is ready.

Caught by: test_a_quiet_server_uses_next_to_no_cpu, test_a_stalled_reader_costs_no_cpu
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
            answers[fd] = data.upper()

    ready = set()
    while True:
        ready.update(fd for fd, _ in poller.poll(0))
        for fd in list(ready):
            try:
                welcome() if fd == listener.fileno() else talk(fd)
            except BlockingIOError:
                ready.discard(fd)
            except (OSError, EOFError):
                ready.discard(fd)
                if fd in clients:
                    drop(fd)
