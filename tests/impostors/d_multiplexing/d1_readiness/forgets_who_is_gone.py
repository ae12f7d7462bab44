"""Leaves out whoever has ended or was reset, as if nothing had been learned.

Caught by: test_end_of_file_counts_as_empty_words, test_a_reset_counts_as_empty_words
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
            if not words[sock]:
                del words[sock]
        if not readable:
            break
    return words
