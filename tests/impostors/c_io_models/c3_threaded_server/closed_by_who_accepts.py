"""Closes the connection in the loop that accepts, while the thread has only just begun to use it.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""

import threading


def talk(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener):

    while True:
        connection, _ = listener.accept()
        with connection:
            threading.Thread(target=talk, args=(connection,), daemon=True).start()
