"""Waits for one socket after the other: the silent first one uses up the time of all.

Caught by: test_who_has_spoken_is_heard_while_others_are_silent
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if timeout is None else time.monotonic() + timeout
    words = {}
    for sock in sockets:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left < 0:
            break
        if select.select([sock], [], [], left)[0]:
            try:
                words[sock] = sock.recv(65536)
            except OSError:
                words[sock] = b""
    return words
