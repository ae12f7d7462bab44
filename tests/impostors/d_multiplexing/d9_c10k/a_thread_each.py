"""Gives each client a thread: ten thousand stacks, and one process that the system has to switch in.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
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
    threading.stack_size(1 << 16)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
