"""Leaves the listener blocking: StreamServer accepts once more and sits there.

Caught by: test_a_stream_server_answers
"""

import signal

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
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
