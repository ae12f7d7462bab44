"""Turns small letters into capitals, and capitals into small letters too.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.swapcase())
            except OSError:
                pass
