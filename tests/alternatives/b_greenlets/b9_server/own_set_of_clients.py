"""Keeps its clients in a set of its own, started in the background; at the end their receiving sides are shut."""

import signal

import gevent
from gevent.event import Event
from gevent.server import StreamServer


def serve(listener):
    listener.setblocking(False)
    at_work, asked_to_end = {}, Event()

    def handle(client, _):
        at_work[gevent.getcurrent()] = client
        try:
            while chunk := client.recv(16384):
                client.sendall(chunk.upper())
        except OSError:
            return
        finally:
            at_work.pop(gevent.getcurrent(), None)

    server = StreamServer(listener, handle)
    gevent.signal_handler(signal.SIGTERM, asked_to_end.set)
    server.start()
    asked_to_end.wait()
    server.close()
    gevent.joinall(list(at_work), timeout=1)
    gevent.killall(list(at_work))
