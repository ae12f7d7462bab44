"""Takes the reset of one client for the end of the server.

Caught by: test_clients_that_vanish_cost_nobody_else_anything
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
        sys.exit("a client vanished")


def serve(listener):
    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
