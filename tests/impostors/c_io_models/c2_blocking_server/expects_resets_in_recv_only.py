"""Expects a reset while it receives, not while it sends: there it ends the server.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            while True:
                try:
                    data = connection.recv(65536)
                except OSError:
                    break
                if not data:
                    break
                connection.sendall(data.upper())
