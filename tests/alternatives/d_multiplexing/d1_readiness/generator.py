"""A generator of rounds, non-blocking receives, and short waits of a quarter of a second."""

import select
from itertools import count
from time import monotonic


def rounds(timeout):
    """How long each round may wait."""
    began = monotonic()
    for number in count():
        left = 0.25 if timeout is None else min(0.25, began + timeout - monotonic())
        if left <= 0 and number:
            return
        yield max(left, 0)


def hear(sock):
    try:
        return sock.recv(65536, 0)
    except BlockingIOError:
        return None
    except ConnectionError:
        return b""


def first_words(sockets, timeout):
    words = {}
    for sock in sockets:
        sock.setblocking(False)
    for seconds in rounds(timeout):
        silent = [sock for sock in sockets if sock not in words]
        if not silent:
            break
        for sock in select.select(silent, (), silent, seconds)[0]:
            word = hear(sock)
            if word is not None:
                words[sock] = word
    return words
