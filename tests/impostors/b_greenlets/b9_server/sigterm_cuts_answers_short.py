"""Exits as soon as SIGTERM comes: an answer under way is cut short.

Caught by: test_on_sigterm_an_answer_under_way_is_not_cut_short
"""

import os
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
    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, os._exit, 0)
    server.serve_forever(stop_timeout=1)
