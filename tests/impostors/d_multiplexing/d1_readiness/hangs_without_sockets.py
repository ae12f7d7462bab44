"""Asks select even when there is nobody to wait for.

Caught by: test_no_sockets_no_words
"""

import select
import time


def first_words(sockets, timeout):
    deadline = None if timeout is None else time.monotonic() + timeout
    words, silent = {}, list(sockets)
    while True:
        left = None if deadline is None else max(0, deadline - time.monotonic())
        readable = select.select(silent, [], [], left)[0]
        for sock in readable:
            try:
                words[sock] = sock.recv(65536)
            except OSError:
                words[sock] = b""
            silent.remove(sock)
        if not readable or (timeout is None and not silent):
            break
    return words
