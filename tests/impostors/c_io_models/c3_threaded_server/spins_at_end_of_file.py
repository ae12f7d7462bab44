"""Does not take b"" for the end: the thread of a client that left asks for more as fast as it can.

Caught by: test_threads_end_with_their_clients, test_sockets_of_clients_that_left_are_closed
"""

import threading


def talk(connection):
    with connection:
        try:
            while True:
                connection.sendall(connection.recv(65536).upper())
        except OSError:
            pass


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
