"""Watches those who have spoken, too: their second words take the place of the first.

Caught by: test_only_the_first_words_are_taken
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if timeout is None else time.monotonic() + timeout
    words, silent = {}, list(sockets)
    while silent:
        left = None if deadline is None else max(0, deadline - time.monotonic())
        readable = select.select(sockets, [], [], left)[0]
        for sock in readable:
            try:
                words[sock] = sock.recv(65536)
            except OSError:
                words[sock] = b""
            if sock in silent:
                silent.remove(sock)
        if not readable:
            break
    return words
