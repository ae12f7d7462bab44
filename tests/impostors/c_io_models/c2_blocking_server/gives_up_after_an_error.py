"""Catches the error of a reset outside its loop: one client's end is everybody's.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
"""


def serve(listener):
    try:
        while True:
            connection, _ = listener.accept()
            with connection:
                while data := connection.recv(65536):
                    connection.sendall(data.upper())
    except OSError:
        pass
