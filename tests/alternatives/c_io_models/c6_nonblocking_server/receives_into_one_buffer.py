"""recv_into one shared buffer; a client either listens or has a rest to send, as a state function."""

import time
from contextlib import suppress


class Server:
    def __init__(self, listener):
        self.listener = listener
        self.buffer = memoryview(bytearray(1 << 17))
        self.turns = {}  # by connection: the function that takes its next turn

    def run(self, nap):
        self.listener.setblocking(False)
        while True:
            self.busy = False
            with suppress(BlockingIOError, ConnectionError):
                self.welcome(*self.listener.accept())
            for connection, turn in [*self.turns.items()]:
                try:
                    turn(connection)
                except BlockingIOError:
                    continue
                except OSError:
                    self.goodbye(connection)
            if nap and not self.busy:
                time.sleep(nap)

    def welcome(self, connection, _):
        self.busy = True
        connection.setblocking(False)
        self.turns[connection] = self.listen

    def listen(self, connection):
        size = connection.recv_into(self.buffer)
        self.busy = True
        if size:
            self.speak(connection, bytes(self.buffer[:size]).upper())
        else:
            self.goodbye(connection)

    def speak(self, connection, answer):
        try:
            rest = answer[connection.send(answer) :]
            self.busy = True
        except BlockingIOError:
            rest = answer
        if rest:
            self.turns[connection] = lambda connection: self.speak(connection, rest)
        else:
            self.turns[connection] = self.listen

    def goodbye(self, connection):
        self.busy = True
        del self.turns[connection]
        connection.close()


def serve(listener, nap=0.0):
    Server(listener).run(nap)
