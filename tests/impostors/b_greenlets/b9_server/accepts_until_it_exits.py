"""Gives the others a second after SIGTERM and accepts newcomers all the while.

Caught by: test_after_sigterm_nobody_is_accepted_and_nobody_holds_it_up
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
    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())

    def end():
        gevent.sleep(1)
        server.stop(timeout=0)

    gevent.signal_handler(signal.SIGTERM, end)
    server.serve_forever(stop_timeout=0)
