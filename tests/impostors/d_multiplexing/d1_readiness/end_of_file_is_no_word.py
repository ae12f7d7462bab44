"""Does not count end-of-file as having spoken, and asks again at once, for ever.

Caught by: test_end_of_file_counts_as_empty_words
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
                data = sock.recv(65536)
            except OSError:
                data = b""
            if data:
                words[sock] = data
                silent.remove(sock)
        if not readable:
            break
    return words
