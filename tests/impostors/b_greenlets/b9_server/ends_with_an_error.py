"""Exits with 1 after SIGTERM, though nothing went wrong.

Caught by: test_on_sigterm_it_exits_with_0
"""

import signal
import sys

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def answer(client, address):
    try:
        while data := client.recv(65536):
            client.sendall(data.upper())
    except OSError:
        pass


def serve(listener):
    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
    sys.exit("stopped by a signal")
