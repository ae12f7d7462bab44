"""Decodes what it receives as text: a byte that is no UTF-8 ends the thread, and the client with it.

Caught by: test_what_one_client_sends_comes_back_in_upper_case
"""

import threading


def talk(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.decode().upper().encode())
        except (OSError, UnicodeDecodeError):
            pass


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
