"""Receives until the client has ended its sending side, and answers only then.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                received = b""
                while data := connection.recv(65536):
                    received += data
                connection.sendall(received.upper())
            except OSError:
                pass
