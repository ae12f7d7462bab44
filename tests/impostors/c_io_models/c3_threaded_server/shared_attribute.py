"""The data of every client passes through one attribute of one object, and any thread may set it.

Caught by: test_threads_share_nothing_that_they_write_to
"""

import threading


class Server:
    def __init__(self, listener):
        self.listener = listener
        self.data = b""

    def talk(self, connection):
        with connection:
            try:
                while True:
                    self.data = connection.recv(65536)
                    if not self.data:
                        break
                    connection.sendall(self.data.upper())
            except OSError:
                pass


def serve(listener):
    server = Server(listener)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=server.talk, args=(connection,), daemon=True).start()
