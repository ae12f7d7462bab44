"""Stops the server, which knows its clients only where they are in a pool: nobody is waited for.

Caught by: test_on_sigterm_an_answer_under_way_is_not_cut_short
"""

import signal

import gevent
from gevent.server import StreamServer


def answer(client, address):
    try:
        while data := client.recv(65536):
            client.sendall(data.upper())
    except OSError:
        pass


def serve(listener):
    listener.setblocking(False)
    server = StreamServer(listener, answer)
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
