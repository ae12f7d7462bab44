"""Calls send, which may take a part of the answer, and goes on.

Caught by: test_four_megabytes_arrive_whole_through_a_client_that_stops_reading
"""

import signal

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def answer(client, address):
    try:
        while data := client.recv(65536):
            client.send(data.upper())
    except OSError:
        pass


def serve(listener):
    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
