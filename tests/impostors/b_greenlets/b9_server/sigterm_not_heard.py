"""Does not listen to SIGTERM: the process is killed on the spot.

Caught by: test_on_sigterm_it_exits_with_0, test_on_sigterm_an_answer_under_way_is_not_cut_short
"""

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
    server.serve_forever(stop_timeout=1)
