"""A subclass whose `handle` answers; the listener is wrapped anew; SystemExit ends it."""

import signal
import sys

import gevent.signal
import gevent.socket
from gevent.event import Event
from gevent.server import StreamServer


class Echo(StreamServer):
    stop_timeout = 0.8

    def handle(self, client, _):
        buffer = bytearray(4096)
        view = memoryview(buffer)
        try:
            while size := client.recv_into(buffer):
                client.sendall(bytes(view[:size]).upper())
        except ConnectionError:
            return


def serve(listener):
    told = Event()
    echo = Echo(gevent.socket.socket(fileno=listener.detach()), spawn=10_000)
    gevent.signal_handler(signal.SIGTERM, told.set)
    echo.start()
    told.wait()
    echo.stop()
    sys.exit(0)
