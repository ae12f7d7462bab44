"""Starts a thread for each client: they may block, but this is no longer one thread.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import threading
import time


def talk(connection):
    with connection:
        connection.setblocking(True)
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener, nap=0.0):
    listener.setblocking(False)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            if nap:
                time.sleep(nap)
            continue
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
