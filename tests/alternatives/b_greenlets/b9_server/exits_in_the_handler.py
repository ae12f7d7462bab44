"""SIGTERM raises SystemExit in serve_forever, which stops the server on its way out: the pool gets its second."""

import signal
import sys

from gevent import signal_handler
from gevent.pool import Pool
from gevent.server import StreamServer


def serve(listener):
    def echo(client, _address):
        lines = client.makefile("rwb", buffering=0)
        try:
            while piece := lines.read(2048):
                client.sendall(piece.upper())
        except OSError:
            pass
        finally:
            lines.close()

    listener.settimeout(0)
    signal_handler(signal.SIGTERM, sys.exit, 0)
    StreamServer(listener, echo, spawn=Pool(20_000)).serve_forever()
