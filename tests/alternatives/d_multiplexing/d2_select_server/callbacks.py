"""Two dictionaries of callbacks, by socket; a thousand clients are enough, the next one is closed."""

import os
import select

MOST = 480 if os.name == "nt" else 1000
SIZE = 4096


def serve(listener):
    on_readable, on_writable = {}, {}

    def accept(_):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        if len(on_readable.keys() | on_writable.keys()) > MOST:
            connection.close()
        else:
            on_readable[connection] = receive

    def receive(connection):
        try:
            data = connection.recv(SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        del on_readable[connection]
        if data:
            send(connection, data.upper())
        else:
            connection.close()

    def send(connection, answer):
        try:
            answer = answer[connection.send(answer) :]
        except BlockingIOError:
            pass
        except OSError:
            on_writable.pop(connection, None)
            connection.close()
            return
        if answer:
            on_writable[connection] = lambda connection: send(connection, answer)
        else:
            on_writable.pop(connection, None)
            on_readable[connection] = receive

    listener.setblocking(False)
    on_readable[listener] = accept
    while True:
        ready = select.select(list(on_readable), list(on_writable), [])
        for callbacks, sockets in zip((on_readable, on_writable), ready[:2], strict=True):
            for sock in sockets:
                callbacks[sock](sock)
