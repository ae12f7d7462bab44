"""Receives 32,768 bytes at most: longer words are cut though one recv of 65,536 would bring them.

Caught by: test_words_of_65536_bytes_come_whole
"""

import select
import time


def first_words(sockets, timeout):
    silent, words = set(sockets), {}
    deadline = None if timeout is None else time.monotonic() + timeout
    while silent:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select(silent, [], [], left)
        if not readable:
            break
        for sock in readable:
            try:
                words[sock] = sock.recv(32_768)
            except OSError:
                words[sock] = b""
            silent.remove(sock)
    return words
