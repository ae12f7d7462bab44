"""Waits for a whole line: who sends no newline hears nothing.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                for line in connection.makefile("rb"):
                    connection.sendall(line.upper())
            except OSError:
                pass
