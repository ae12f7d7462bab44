"""Gives select the whole time-out again in each round.

Caught by: test_the_time_out_is_for_all_together
"""

import select


def first_words(sockets, timeout):
    words, silent = {}, list(sockets)
    while silent:
        left = timeout
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
