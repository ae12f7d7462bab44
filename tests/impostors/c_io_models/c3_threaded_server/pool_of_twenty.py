"""A pool of twenty threads: the twenty-first client waits until one of the first has left.

Caught by: test_silent_clients_hold_nobody_up, test_every_client_has_a_thread_of_its_own
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
    pool = ThreadPoolExecutor(20)
    while True:
        connection, _ = listener.accept()
        pool.submit(talk, connection)
