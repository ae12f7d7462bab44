"""A selector: whoever has spoken is unregistered, and the time left comes from a function."""

import selectors
import time


def first_words(sockets, timeout):
    end = None if timeout is None else time.perf_counter() + timeout

    def left():
        return None if end is None else end - time.perf_counter()

    words = {}
    with selectors.DefaultSelector() as selector:
        for sock in sockets:
            selector.register(sock, selectors.EVENT_READ)
        while len(words) < len(sockets):
            ready = selector.select(left())
            for key, _ in ready:
                selector.unregister(key.fileobj)
                try:
                    words[key.fileobj] = key.fileobj.recv(65536)
                except OSError:
                    words[key.fileobj] = b""
            if not ready and end is not None and left() <= 0:
                break
    return words
