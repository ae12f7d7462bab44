"""Strips line ends and blanks away: empty lines get no answer at all.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.strip().upper())
            except OSError:
                pass
