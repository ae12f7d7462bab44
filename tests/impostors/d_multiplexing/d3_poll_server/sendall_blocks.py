"""Sends with a blocking sendall: one client that does not read stops the whole server.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import select


def serve(listener):
    listener.setblocking(False)
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    clients, answers, ended = {}, {}, set()

    def drop(fd):
        poller.unregister(fd)
        clients.pop(fd).close()
        answers.pop(fd)
        ended.discard(fd)

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
                    clients[fd].setblocking(True)
                    clients[fd].sendall(data.upper())
                    clients[fd].setblocking(False)
                    if not data:
                        drop(fd)
            except BlockingIOError:
                continue
            except OSError:
                if fd in clients:
                    drop(fd)
