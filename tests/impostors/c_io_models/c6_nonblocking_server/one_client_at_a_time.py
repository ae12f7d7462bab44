"""Talks to one client until it has left, never blocking, and all others wait.

Caught by: test_silent_clients_hold_nobody_up
"""

import time


def serve(listener, nap=0.0):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            if nap:
                time.sleep(nap)
            continue
        with connection:
            connection.setblocking(False)
            answer, ended = b"", False
            while answer or not ended:
                try:
                    if not answer:
                        answer = connection.recv(65536).upper()
                        ended = not answer
                    answer = answer[connection.send(answer) :]
                except BlockingIOError:
                    if nap:
                        time.sleep(nap)
                except OSError:
                    break
