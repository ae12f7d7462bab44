"""Calls select.select itself, where the selectors module should choose how to wait.

Caught by: test_it_uses_the_selectors_module
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
            readers.remove(sock)
            if data:
                answers[sock] = data.upper()
            else:
                sock.close()
        for sock in writable:
            try:
                answers[sock] = answers[sock][sock.send(answers[sock]) :]
            except OSError:
                del answers[sock]
                sock.close()
                continue
            if not answers[sock]:
                del answers[sock]
                readers.add(sock)
