"""A room that knows nothing of sockets and says who is to hear what; wires that know nothing of the chat."""

import selectors
from collections import deque


class LetGo(Exception):
    pass


class Room:
    """Who is here, by nickname; what happens becomes letters: (nickname, line)."""

    def __init__(self):
        self.members = {}

    def to_others(self, nick, line):
        return [(member, line) for other, member in self.members.items() if other != nick]

    def enter(self, nick, member):
        if nick == b"" or b" " in nick:
            raise LetGo(b"BAD NICK\n")
        if nick in self.members:
            raise LetGo(b"NICK TAKEN\n")
        self.members[nick] = member
        return self.to_others(nick, b"* " + nick + b" joined\n")

    def say(self, nick, line):
        return self.to_others(nick, nick + b": " + line + b"\n")

    def leave(self, nick):
        del self.members[nick]
        return self.to_others(nick, b"* " + nick + b" left\n")


class Wire:
    def __init__(self, sock, chat):
        sock.setblocking(False)
        self.sock, self.chat = sock, chat
        self.nick = None
        self.incoming = bytearray()
        self.outgoing = deque()
        self.backlog = 0
        self.up = True

    def lines(self):
        while True:
            line, newline, rest = self.incoming.partition(b"\n")
            if len(line.removesuffix(b"\r")) > self.chat.max_line:
                raise LetGo(b"LINE TOO LONG\n")
            if not newline:
                return
            self.incoming = rest
            yield bytes(line.removesuffix(b"\r"))

    def receive(self):
        data = self.sock.recv(16384)
        if not data:
            raise LetGo(b"")
        self.incoming += data
        for line in self.lines():
            if self.nick is None:
                letters = self.chat.room.enter(line, self)
                self.nick = line
            else:
                letters = self.chat.room.say(self.nick, line)
            self.chat.deliver(letters)
            if not self.up:
                return

    def send(self, line):
        self.outgoing.append(line)
        self.backlog += len(line)
        self.flush()
        if self.backlog > self.chat.max_backlog:
            raise LetGo(b"")

    def flush(self):
        try:
            while self.outgoing:
                sent = self.sock.send(self.outgoing[0])
                self.backlog -= sent
                if sent < len(self.outgoing[0]):
                    self.outgoing[0] = self.outgoing[0][sent:]
                else:
                    self.outgoing.popleft()
        except BlockingIOError:
            pass


class Chat:
    def __init__(self, max_line, max_backlog):
        self.max_line, self.max_backlog = max_line, max_backlog
        self.room = Room()
        self.selector = selectors.DefaultSelector()
        self.leaving = deque()

    def accept(self, listener):
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        wire = Wire(sock, self)
        self.selector.register(sock, selectors.EVENT_READ, wire)

    def attempt(self, wire, action, *args):
        """Do it; if it is the end of `wire`, let it go."""
        try:
            if wire.up:
                action(*args)
                if wire.up:
                    self.watch(wire)
        except BlockingIOError:
            pass
        except LetGo as parting:
            self.drop(wire, parting.args[0])
        except OSError:
            self.drop(wire, b"")

    def deliver(self, letters):
        for wire, line in letters:
            self.attempt(wire, wire.send, line)

    def watch(self, wire):
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if wire.outgoing else 0)
        if self.selector.get_key(wire.sock).events != wanted:
            self.selector.modify(wire.sock, wanted, wire)

    def drop(self, wire, parting):
        wire.up = False
        self.selector.unregister(wire.sock)
        try:
            if parting and not wire.outgoing:
                wire.sock.send(parting)
        except OSError:
            pass
        wire.sock.close()
        if wire.nick is not None:
            self.leaving.append(wire.nick)

    def run(self, listener):
        listener.setblocking(False)
        self.selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, mask in self.selector.select():
                wire = key.data
                if wire is None:
                    self.accept(listener)
                    continue
                if mask & selectors.EVENT_WRITE:
                    self.attempt(wire, wire.flush)
                if mask & selectors.EVENT_READ:
                    self.attempt(wire, wire.receive)
                while self.leaving:
                    self.deliver(self.room.leave(self.leaving.popleft()))


def serve(listener, max_line=1024, max_backlog=65536):
    Chat(max_line, max_backlog).run(listener)
