"""Everything is patched, so the listener is gevent's; a plain signal handler; who is busy is counted."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import signal  # noqa: E402

import gevent  # noqa: E402
from gevent.server import StreamServer  # noqa: E402


def serve(listener):
    clients = set()

    def answer(client, address):
        clients.add(gevent.getcurrent())
        try:
            while True:
                data = client.recv(1024)
                if not data:
                    break
                client.sendall(data.upper())
        except OSError:
            pass
        finally:
            clients.discard(gevent.getcurrent())

    server = StreamServer(listener, answer)

    def end():
        server.close()
        gevent.joinall(list(clients), timeout=1)
        os._exit(0)

    signal.signal(signal.SIGTERM, lambda *_: gevent.spawn(end))
    server.serve_forever()
    gevent.sleep(60)
