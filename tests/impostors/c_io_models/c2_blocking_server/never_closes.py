"""Says goodbye but never closes: every client that left keeps a descriptor in use.

Caught by: test_sockets_of_clients_that_left_are_closed
"""

import socket


def serve(listener):
    past = []
    while True:
        connection, _ = listener.accept()
        past.append(connection)
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
