"""Expects ConnectionResetError and no other error: BrokenPipeError ends the server.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""


def serve(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.upper())
            except ConnectionResetError:
                pass
