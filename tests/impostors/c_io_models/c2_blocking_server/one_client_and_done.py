"""Serves its first client and returns.

Caught by: test_a_second_client_waits_until_the_first_has_left
"""


def serve(listener):
    connection, _ = listener.accept()
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass
