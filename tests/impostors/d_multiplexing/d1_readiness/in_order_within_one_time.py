"""Asks one socket after the other, all within one time: who has spoken stands in the queue behind the silent.

Caught by: test_only_the_first_words_are_taken
"""

import select
import time


def first_words(sockets, timeout):
    words = {}
    deadline = None if timeout is None else time.monotonic() + timeout
    for sock in sockets:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if select.select([sock], [], [], left)[0]:
            try:
                words[sock] = sock.recv(65536)
            except OSError:
                words[sock] = b""
    return words
