"""Waits in select.select, whose sets end at descriptor 1,023: client 1,020 or so ends the server.

Caught by: test_it_waits_in_poll, test_more_clients_than_fd_setsize_are_served
"""

import select


def serve(listener):
    listener.setblocking(False)
    readers, answers = {listener}, {}

    def drop(client):
        readers.discard(client)
        answers.pop(client, None)
        client.close()

    while True:
        readable, writable, _ = select.select(readers, answers, [])
        for sock in readable:
            try:
                if sock is listener:
                    client, _ = listener.accept()
                    client.setblocking(False)
                    readers.add(client)
                    continue
                data = sock.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                drop(sock)
                continue
            if not data:
                drop(sock)
                continue
            readers.remove(sock)
            answers[sock] = data.upper()
        for client in writable:
            try:
                answers[client] = answers[client][client.send(answers[client]) :]
            except BlockingIOError:
                continue
            except OSError:
                drop(client)
                continue
            if not answers[client]:
                del answers[client]
                readers.add(client)
