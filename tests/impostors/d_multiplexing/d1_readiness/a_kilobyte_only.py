"""Receives 1,024 bytes: longer first words are cut.

Caught by: test_words_of_65536_bytes_come_whole
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
                words[sock] = sock.recv(1024)
            except OSError:
                words[sock] = b""
            silent.remove(sock)
        if not readable:
            break
    return words
