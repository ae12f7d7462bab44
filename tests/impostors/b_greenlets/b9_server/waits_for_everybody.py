"""Waits after SIGTERM until the last client has left: one that stays holds it up for ever.

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
    pool = Pool()
    server = StreamServer(listener, answer, spawn=pool)
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.start()
    while server.started:
        gevent.sleep(0.05)
    pool.join()
