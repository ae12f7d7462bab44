"""Answers the first 1,024 bytes of what it received and drops the rest.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data[:1024].upper())
            except OSError:
                pass
