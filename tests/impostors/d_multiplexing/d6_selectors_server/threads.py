"""Lets a selector watch the listener only, and gives each client a thread of its own.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import selectors
import threading


def talk(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener):
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        selector.select()
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
