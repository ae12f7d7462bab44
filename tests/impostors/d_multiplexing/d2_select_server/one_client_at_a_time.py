"""Watches one client until it has left: select with a list of one is only a slower recv.

Caught by: test_silent_clients_hold_nobody_up
"""

import select


def serve(listener):
    while True:
        select.select([listener], [], [])
        connection, _ = listener.accept()
        with connection:
            try:
                while True:
                    select.select([connection], [], [])
                    data = connection.recv(65536)
                    if not data:
                        break
                    connection.sendall(data.upper())
            except OSError:
                pass
