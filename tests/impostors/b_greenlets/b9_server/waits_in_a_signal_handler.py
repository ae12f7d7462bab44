"""Waits for its clients in the signal handler itself: that is called in the hub, which cannot wait for anybody.

Caught by: test_on_sigterm_an_answer_under_way_is_not_cut_short
"""

import signal

from gevent.pool import Pool
from gevent.server import StreamServer


def serve(listener):
    def answer(client, address):
        try:
            while data := client.recv(65536):
                client.sendall(data.upper())
        except OSError:
            pass

    listener.setblocking(False)
    server = StreamServer(listener, answer, spawn=Pool())
    signal.signal(signal.SIGTERM, lambda *_: server.stop(timeout=1))
    server.serve_forever(stop_timeout=1)
