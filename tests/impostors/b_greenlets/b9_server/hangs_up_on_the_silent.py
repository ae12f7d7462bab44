"""Gives every client half a second for its next word: whoever is silent for longer finds the line dead.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""

import signal

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def serve(listener):
    def answer(client, address):
        client.settimeout(0.5)
        try:
            while data := client.recv(65536):
                client.sendall(data.upper())
        except OSError:  # a time-out is one, too
            pass

    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
