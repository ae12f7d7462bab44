"""Quietly starts a thread for each client: that is another model, with another price.

Caught by: test_a_second_client_waits_until_the_first_has_left, test_it_does_the_work_in_one_thread_of_one_process
"""

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
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
