"""Waits for the thread right after its start: the threads are there, and still one client is served at a time.

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
        thread = threading.Thread(target=talk, args=(connection,))
        thread.start()
        thread.join()
