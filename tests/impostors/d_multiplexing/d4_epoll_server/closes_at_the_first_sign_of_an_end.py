"""Takes EPOLLRDHUP for the end of a client: nothing more will be said, but much may still be unread or unsent.

Caught by: test_a_client_that_ends_its_sending_side_gets_its_whole_answer
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
                    poller.register(client, select.EPOLLIN | select.EPOLLRDHUP)
                    continue
                if event & (select.EPOLLHUP | select.EPOLLRDHUP | select.EPOLLERR):
                    drop(fd)
                    continue
                if fd in answers:
                    answers[fd] = answers[fd][clients[fd].send(answers[fd]) :]
                    if not answers[fd]:
                        del answers[fd]
                        poller.modify(fd, select.EPOLLIN | select.EPOLLRDHUP)
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
