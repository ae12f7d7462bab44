"""Receives the first message in the loop that accepts, and starts the thread only then: a silent client holds up all.

Caught by: test_silent_clients_hold_nobody_up
"""

import threading


def talk(connection, data):
    with connection:
        try:
            while data:
                connection.sendall(data.upper())
                data = connection.recv(65536)
        except OSError:
            pass


def serve(listener):
    while True:
        connection, _ = listener.accept()
        try:
            data = connection.recv(65536)
        except OSError:
            connection.close()
            continue
        threading.Thread(target=talk, args=(connection, data), daemon=True).start()
