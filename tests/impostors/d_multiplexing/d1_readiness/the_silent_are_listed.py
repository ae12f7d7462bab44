"""Gives b"" for those who have not spoken: nobody can tell them from those who are gone.

Caught by: test_the_second_speaks_and_the_first_is_silent
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if timeout is None else time.monotonic() + timeout
    words, silent = dict.fromkeys(sockets, b""), list(sockets)
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
