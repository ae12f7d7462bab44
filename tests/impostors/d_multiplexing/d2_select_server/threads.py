"""Waits in select for newcomers and gives each of them a thread of its own.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import select
import threading


def talk(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener):
    while True:
        select.select([listener], [], [])
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
