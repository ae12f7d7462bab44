"""The interpreter's own threads, without the module threading."""

import _thread


def talk(connection):
    with connection:
        try:
            while data := connection.recv(10_000):
                connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        _thread.start_new_thread(talk, (connection,))
