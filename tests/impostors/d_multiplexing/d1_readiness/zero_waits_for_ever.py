"""Takes a time-out of 0 for no time-out: both are false.

Caught by: test_a_time_out_of_zero_does_not_wait, test_a_time_out_of_zero_takes_what_is_there
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if not timeout else time.monotonic() + timeout
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
        if not readable:
            break
    return words
