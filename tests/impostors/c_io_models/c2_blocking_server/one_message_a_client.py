"""Answers what the first recv brought and hangs up: a stream has no messages.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                data = connection.recv(65536)
                connection.sendall(data.upper())
            except OSError:
                pass
