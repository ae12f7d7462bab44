"""On SIGTERM those who wait for their clients are dropped at once, the others when they are done."""

import signal

import gevent
from gevent.event import AsyncResult
from gevent.server import StreamServer


class Talk:
    def __init__(self, client):
        self.client, self.busy, self.greenlet = client, False, gevent.getcurrent()

    def run(self):
        try:
            while data := self.client.recv(16384):
                self.busy = True
                self.client.sendall(data.upper())
                self.busy = False
        except OSError:
            pass


def serve(listener):
    listener.setblocking(False)
    talks, over = set(), AsyncResult()

    def answer(client, address):
        talk = Talk(client)
        talks.add(talk)
        try:
            talk.run()
        finally:
            talks.discard(talk)

    server = StreamServer(listener, answer)

    def end():
        server.stop()
        idle = [talk.greenlet for talk in talks if not talk.busy]
        gevent.killall(idle)
        gevent.joinall([talk.greenlet for talk in talks], timeout=1)
        over.set(None)

    gevent.signal_handler(signal.SIGTERM, end)
    server.start()
    over.get()
