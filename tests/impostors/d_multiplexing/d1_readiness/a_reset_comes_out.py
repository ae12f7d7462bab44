"""Expects no socket to be reset: the exception ends it.

Caught by: test_a_reset_counts_as_empty_words
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if timeout is None else time.monotonic() + timeout
    words, silent = {}, list(sockets)
    while silent:
        left = None if deadline is None else max(0, deadline - time.monotonic())
        readable = select.select(silent, [], [], left)[0]
        for sock in readable:
            words[sock] = sock.recv(65536)
            silent.remove(sock)
        if not readable:
            break
    return words
