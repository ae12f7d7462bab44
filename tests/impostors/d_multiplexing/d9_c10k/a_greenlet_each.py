"""Gives each client a greenlet, whose stack and hub entries are kept while it waits.

Caught by: test_a_client_costs_less_than_a_kibibyte
"""

from gevent.server import StreamServer


def talk(connection, address):
    try:
        while data := connection.recv(65536):
            connection.sendall(data.upper())
    except OSError:
        pass


def serve(listener):
    listener.setblocking(False)
    StreamServer(listener, talk).serve_forever()
