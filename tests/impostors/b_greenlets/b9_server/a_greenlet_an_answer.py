"""Spawns a greenlet for each answer: two of them want to send to one client, and the socket is closed under the last.

Caught by: test_a_client_that_ends_its_sending_side_gets_its_whole_answer
"""

import signal

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def serve(listener):
    def answer(client, address):
        try:
            while data := client.recv(65536):
                gevent.spawn(client.sendall, data.upper())
        except OSError:
            pass

    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
