"""Asks again and again with a time-out of 0 until the time is up.

Caught by: test_while_nobody_speaks_it_sleeps
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if timeout is None else time.monotonic() + timeout
    words, silent = {}, list(sockets)
    while silent:
        readable = select.select(silent, [], [], 0)[0]
        for sock in readable:
            try:
                words[sock] = sock.recv(65536)
            except OSError:
                words[sock] = b""
            silent.remove(sock)
        if deadline is not None and time.monotonic() >= deadline:
            break
    return words
