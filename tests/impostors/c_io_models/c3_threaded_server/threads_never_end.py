"""A thread goes on asking after its client has left: sixty clients later there are sixty threads that sleep in turns.

Caught by: test_threads_end_with_their_clients
"""

import threading
import time


def talk(connection):
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass
    while True:
        time.sleep(60)


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
