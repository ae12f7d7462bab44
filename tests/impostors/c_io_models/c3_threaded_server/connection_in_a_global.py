"""The new thread looks its connection up in a global name, which the next client may have taken by then.

Caught by: test_threads_share_nothing_that_they_write_to
"""

import threading

latest = None


def talk():
    connection = latest
    with connection:
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass


def serve(listener):
    global latest
    while True:
        latest, _ = listener.accept()
        threading.Thread(target=talk, daemon=True).start()
