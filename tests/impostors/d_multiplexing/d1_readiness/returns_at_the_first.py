"""Asks select once, and returns when anybody has spoken.

Caught by: test_it_waits_until_everybody_has_spoken, test_without_a_time_out_it_waits_as_long_as_it_takes
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
            try:
                words[sock] = sock.recv(65536)
            except OSError:
                words[sock] = b""
            silent.remove(sock)
        break
    return words
