"""Stays in a client's callback until that client has left: all other callbacks wait.

Caught by: test_everybody_in_a_crowd_gets_their_own_answer
"""

import selectors


def serve(listener):
    selector = selectors.DefaultSelector()

    def accept(_):
        connection, _ = listener.accept()
        selector.register(connection, selectors.EVENT_READ, talk)

    def talk(connection):
        selector.unregister(connection)
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data.upper())
            except OSError:
                pass

    selector.register(listener, selectors.EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)
