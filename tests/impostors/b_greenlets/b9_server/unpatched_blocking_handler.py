"""Talks to the client through the standard library's blocking socket, unpatched.

Caught by: test_silent_clients_hold_nobody_up, test_everybody_in_a_crowd_gets_their_own_answer
"""

import signal
import socket

import gevent
from gevent.pool import Pool
from gevent.server import StreamServer


def answer(client, address):
    with socket.socket(fileno=client.detach()) as blocking:
        blocking.setblocking(True)
        try:
            while data := blocking.recv(65536):
                blocking.sendall(data.upper())
        except OSError:
            pass


def serve(listener):
    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
