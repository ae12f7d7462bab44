"""A greenlet per client: gevent's StreamServer."""

from gevent.server import StreamServer


def serve(listener):
    def answer(client, address):
        try:
            while data := client.recv(65536):
                client.sendall(data.upper())
        except OSError:
            pass

    listener.setblocking(False)
    StreamServer(listener, answer).serve_forever()
