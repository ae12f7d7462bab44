"""A process for each client, not a thread: it works, and costs megabytes.

Caught by: test_every_client_has_a_thread_of_its_own
"""

import os
import signal


def serve(listener):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        with connection:
            if os.fork() == 0:
                listener.close()
                try:
                    while data := connection.recv(65536):
                        connection.sendall(data.upper())
                except OSError:
                    pass
                os._exit(0)
