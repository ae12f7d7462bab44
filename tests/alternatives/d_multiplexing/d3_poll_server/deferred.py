"""Callbacks by descriptor; who is gone is unregistered and closed at the end of the round."""

import select
from collections import deque
from functools import partial


def serve(listener):
    poller = select.poll()
    callbacks, gone = {}, []

    def accept(event):
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        callbacks[sock.fileno()] = partial(talk, sock, deque())
        poller.register(sock, select.POLLIN)

    def talk(sock, chunks, event):
        try:
            if chunks:
                chunk = chunks.popleft()
                sent = sock.send(chunk)
                if sent < len(chunk):
                    chunks.appendleft(chunk[sent:])
            else:
                data = sock.recv(65536)
                if not data:
                    gone.append(sock)
                    return
                data = data.upper()
                chunks.extend(data[at : at + 8192] for at in range(0, len(data), 8192))
        except BlockingIOError:
            return
        except OSError:
            gone.append(sock)
            return
        poller.modify(sock, select.POLLOUT if chunks else select.POLLIN | select.POLLPRI)

    listener.setblocking(False)
    poller.register(listener, select.POLLIN)
    callbacks[listener.fileno()] = accept
    while True:
        for fd, event in poller.poll(None):
            callbacks[fd](event)
        while gone:
            sock = gone.pop()
            poller.unregister(sock)
            del callbacks[sock.fileno()]
            sock.close()
