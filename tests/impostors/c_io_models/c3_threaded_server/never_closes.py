"""The thread ends and its connection stays open: every client that left costs a descriptor.

Caught by: test_sockets_of_clients_that_left_are_closed
"""

import threading

past = []


def talk(connection):
    try:
        while data := connection.recv(65536):
            connection.sendall(data.upper())
    except OSError:
        pass


def serve(listener):
    while True:
        connection, _ = listener.accept()
        past.append(connection)
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
