"""Takes clients out of the dictionary while it walks over it, which ends the walk and the server.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""

import time

ENOUGH = 65536  # bytes unsent, beyond which nothing more is read


def serve(listener, nap=0.0):
    listener.setblocking(False)
    answers = {}
    while True:
        busy = False
        try:
            connection, _ = listener.accept()
            connection.setblocking(False)
            answers[connection] = b""
            busy = True
        except OSError:
            pass

        for connection in answers:
            try:
                if len(answers[connection]) <= ENOUGH:
                    data = connection.recv(65536)
                    busy = True
                    answers[connection] += data.upper()
                    if not data and not answers[connection]:
                        del answers[connection]
                        connection.close()
                        continue
            except BlockingIOError:
                pass
            except OSError:
                del answers[connection]
                connection.close()
                continue
            try:
                answers[connection] = answers[connection][connection.send(answers[connection]) :]
            except BlockingIOError:
                pass
            except OSError:
                del answers[connection]
                connection.close()

        if nap and not busy:
            time.sleep(nap)
