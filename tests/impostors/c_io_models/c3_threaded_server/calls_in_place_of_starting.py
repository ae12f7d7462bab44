"""Calls the function and hands its result to the thread: `target=talk(connection)` runs in the loop that accepts.

Caught by: test_a_second_client_is_answered_while_the_first_is_connected, test_silent_clients_hold_nobody_up
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
        threading.Thread(target=talk(connection), daemon=True).start()
