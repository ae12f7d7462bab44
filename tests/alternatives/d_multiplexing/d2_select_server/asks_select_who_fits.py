"""By descriptor number, recv_into one buffer; select itself is asked whether it can watch a newcomer."""

import select

ENOUGH = 1 << 18


class Server:
    def __init__(self, listener):
        self.listener = listener
        self.sockets = {}
        self.unsent = {}
        self.ended = set()
        self.buffer = memoryview(bytearray(1 << 16))

    def run(self):
        self.listener.setblocking(False)
        while True:
            reading = [n for n, unsent in self.unsent.items() if self.hungry(n, unsent)]
            writing = [n for n, unsent in self.unsent.items() if unsent]
            readable, writable, _ = select.select([self.listener, *reading], writing, [], 0.5)
            for one in readable:
                self.step(self.accept if one is self.listener else self.receive, one)
            for number in writable:
                self.step(self.send, number)

    def hungry(self, number, unsent):
        return number not in self.ended and len(unsent) < ENOUGH

    def step(self, function, one):
        if one is not self.listener and one not in self.sockets:
            return
        try:
            function(one)
        except BlockingIOError:
            pass
        except OSError:
            if one is not self.listener:
                self.close(one)

    def accept(self, listener):
        newcomer, _ = listener.accept()
        newcomer.setblocking(False)
        try:
            select.select([*self.sockets, newcomer], [], [], 0)
        except ValueError:
            newcomer.close()
            return
        self.sockets[newcomer.fileno()] = newcomer
        self.unsent[newcomer.fileno()] = bytearray()

    def receive(self, number):
        size = self.sockets[number].recv_into(self.buffer)
        if size:
            self.unsent[number] += bytes(self.buffer[:size]).upper()
            return
        self.ended.add(number)
        if not self.unsent[number]:
            self.close(number)

    def send(self, number):
        with memoryview(self.unsent[number]) as view:
            sent = self.sockets[number].send(view)
        del self.unsent[number][:sent]
        if number in self.ended and not self.unsent[number]:
            self.close(number)

    def close(self, number):
        self.sockets.pop(number).close()
        del self.unsent[number]
        self.ended.discard(number)


def serve(listener):
    Server(listener).run()
