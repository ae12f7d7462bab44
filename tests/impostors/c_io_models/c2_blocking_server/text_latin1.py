"""Treats the bytes as Latin-1 text, where more letters have an upper case than bytes.upper knows.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.decode("latin-1").upper().encode("latin-1", "replace"))
            except OSError:
                pass
