"""recv_into one buffer that is made once, and upper case by a table of 256 bytes."""

from contextlib import closing

UPPER = bytes(range(256)).upper()


class Server:
    def __init__(self, listener):
        self.listener = listener
        self.buffer = bytearray(1 << 18)

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
                with closing(connection):
                    self.talk(connection)
            except OSError:
                continue

    def talk(self, connection):
        while size := connection.recv_into(self.buffer):
            connection.sendall(self.buffer[:size].translate(UPPER))


def serve(listener):
    Server(listener).run()
