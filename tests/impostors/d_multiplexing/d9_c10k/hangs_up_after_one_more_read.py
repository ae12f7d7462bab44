"""Learns that a client has ended, reads once more, and leaves: what it had sent beyond that is lost.

Caught by: test_a_client_that_ends_its_sending_side_gets_its_whole_answer
"""

import select
import socket
import time

TABLE = bytes(range(256)).upper()


def serve(listener: socket.socket) -> None:
    listener.setblocking(False)
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    clients = []  # by descriptor: a list needs no hash table; None where nobody is
    unsent = {}

    def close(fd):
        epoll.unregister(fd)
        unsent.pop(fd, None)
        clients[fd].close()
        clients[fd] = None

    def welcome():
        while True:
            try:
                sock, _ = listener.accept()
            except BlockingIOError:
                return
            except ConnectionError:
                continue
            except OSError:
                time.sleep(0.05)
                return
            sock.setblocking(False)
            fd = sock.fileno()
            if fd >= len(clients):
                clients.extend([None] * (fd + 1 - len(clients)))
            clients[fd] = sock
            epoll.register(fd, select.EPOLLIN | select.EPOLLRDHUP)

    def answer(fd):
        data = clients[fd].recv(32768)
        if not data:
            close(fd)
            return
        data = data.translate(TABLE)
        try:
            sent = clients[fd].send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            unsent[fd] = [data, sent]
            epoll.modify(fd, select.EPOLLOUT)

    def go_on(fd):
        entry = unsent[fd]
        entry[1] += clients[fd].send(memoryview(entry[0])[entry[1] :])
        if entry[1] == len(entry[0]):
            del unsent[fd]
            epoll.modify(fd, select.EPOLLIN | select.EPOLLRDHUP)

    while True:
        ready = epoll.poll()
        knocked = False
        for fd, event in ready:
            if fd == listener.fileno():
                knocked = True
                continue
            try:
                if fd in unsent:
                    go_on(fd)
                else:
                    answer(fd)
                    if event & select.EPOLLRDHUP and clients[fd] is not None and fd not in unsent:
                        close(fd)  # it has said everything, and has its answer
            except BlockingIOError:
                continue
            except OSError:
                close(fd)
        if knocked:
            welcome()
