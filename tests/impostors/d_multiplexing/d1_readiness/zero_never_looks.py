"""Checks the time before it looks: with a time-out of 0 it never does.

Caught by: test_a_time_out_of_zero_takes_what_is_there
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if timeout is None else time.monotonic() + timeout
    words, silent = {}, list(sockets)
    while silent:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            break
        readable = select.select(silent, [], [], left)[0]
        for sock in readable:
            try:
                words[sock] = sock.recv(65536)
            except OSError:
                words[sock] = b""
            silent.remove(sock)
        if not readable:
            break
    return words
