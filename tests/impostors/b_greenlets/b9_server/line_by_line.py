"""Reads line by line: what has no newline, or has not yet, stays without an answer.

Caught by: test_a_stream_server_answers
"""

import signal

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def serve(listener):
    def answer(client, address):
        try:
            for line in client.makefile("rb"):
                client.sendall(line.upper())
        except OSError:
            pass

    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
