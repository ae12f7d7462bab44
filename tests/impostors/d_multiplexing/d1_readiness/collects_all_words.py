"""Goes on reading a socket until nothing is there: more than the first words.

Caught by: test_a_long_speech_is_cut_not_lost
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
                sock.setblocking(False)
                words[sock] = b""
                while data := sock.recv(65536):
                    words[sock] += data
            except OSError:
                words.setdefault(sock, b"")
            silent.remove(sock)
        if not readable:
            break
    return words
