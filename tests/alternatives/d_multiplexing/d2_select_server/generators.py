"""A generator per client yields the socket and what it waits for; select stands at the centre."""

import os
import select

READ, WRITE = 0, 1


def conversation(connection):
    with connection:
        try:
            while True:
                yield READ
                data = connection.recv(32768)
                if not data:
                    return
                rest = memoryview(data.upper())
                while rest:
                    yield WRITE
                    rest = rest[connection.send(rest) :]
        except OSError:
            return


def selectable(connection, others):
    return others < 500 if os.name == "nt" else connection.fileno() < 1024


def serve(listener):
    listener.setblocking(False)
    waiting = {READ: {}, WRITE: {}}  # generators by socket, apart by what they wait for

    def go_on(connection, talk):
        wish = next(talk, None)
        if wish is not None:
            waiting[wish][connection] = talk

    while True:
        ready = select.select([listener, *waiting[READ]], list(waiting[WRITE]), [])
        for wish in (READ, WRITE):
            for sock in ready[wish]:
                if sock is not listener:
                    go_on(sock, waiting[wish].pop(sock))
        if listener in ready[READ]:
            try:
                connection, _ = listener.accept()
            except OSError:
                continue
            if selectable(connection, len(waiting[READ]) + len(waiting[WRITE])):
                connection.setblocking(False)
                go_on(connection, conversation(connection))
            else:
                connection.close()
