"""Keeps one answer for all clients: whoever can be sent to first gets everybody's words.

Caught by: test_everybody_in_a_crowd_gets_their_own_answer
"""

import time

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener, nap=0.0):
    listener.setblocking(False)
    readers, answer = [], b""
    while True:
        busy = False
        try:
            connection, _ = listener.accept()
            connection.setblocking(False)
            readers.append(connection)
            busy = True
        except OSError:
            pass

        for connection in list(readers):
            try:
                if len(answer) <= ENOUGH:
                    data = connection.recv(65536)
                    busy = True
                    answer += data.upper()
                    if not data:
                        readers.remove(connection)
                        connection.close()
            except BlockingIOError:
                pass
            except OSError:
                readers.remove(connection)
                connection.close()

        for connection in list(readers):
            try:
                answer = answer[connection.send(answer) :]
            except BlockingIOError:
                pass
            except OSError:
                readers.remove(connection)
                connection.close()

        if nap and not busy:
            time.sleep(nap)
