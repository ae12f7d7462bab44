"""One thread watches all clients with select: good, but another model, and nobody has a thread.

Caught by: test_every_client_has_a_thread_of_its_own
"""

import select


def serve(listener):
    listener.setblocking(False)
    readers, answers = {listener}, {}
    while True:
        readable, writable, _ = select.select(readers, answers, [])
        for sock in readable:
            try:
                if sock is listener:
                    connection, _ = listener.accept()
                    connection.setblocking(False)
                    readers.add(connection)
                    continue
                data = sock.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if sock is not listener:
                readers.discard(sock)
                if data:
                    answers[sock] = data.upper()
                else:
                    sock.close()
        for sock in writable:
            try:
                answers[sock] = answers[sock][sock.send(answers[sock]) :]
                if answers[sock]:
                    continue
                readers.add(sock)
            except OSError:
                sock.close()
            del answers[sock]
