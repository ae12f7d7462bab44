"""Catches no error: the first client that resets its connection ends the server for all.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
