"""Asks for the client's address in the loop that accepts: if it has reset by then, that ends the whole server.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
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
        name = connection.getpeername()
        threading.Thread(target=talk, args=(connection,), name=str(name), daemon=True).start()
