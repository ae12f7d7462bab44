"""A class of threads, which are no daemons and read from a file object."""

import contextlib
import threading


class Talk(threading.Thread):
    def __init__(self, connection):
        super().__init__()
        self.connection = connection
        self.buffer = bytearray(20_000)

    def run(self):
        with self.connection, contextlib.suppress(OSError):
            while size := self.connection.recv_into(self.buffer):
                self.connection.sendall(self.buffer[:size].upper())


def serve(listener):
    while True:
        with contextlib.suppress(OSError):
            Talk(listener.accept()[0]).start()
