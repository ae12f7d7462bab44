"""A pool with room for a hundred: all are served, but threads stay when their clients have gone.

Caught by: test_threads_end_with_their_clients
"""

from concurrent.futures import ThreadPoolExecutor


def talk(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener):
    pool = ThreadPoolExecutor(100)
    while True:
        connection, _ = listener.accept()
        pool.submit(talk, connection)
