"""Compares what poll reports with POLLIN: after a reset other bits are set too, and nothing is done about it.

Caught by: test_a_reset_counts_as_empty_words
"""

import select
import time


def first_words(sockets, timeout):
    silent, words = {sock.fileno(): sock for sock in sockets}, {}
    poller = select.poll()
    for number in silent:
        poller.register(number, select.POLLIN)
    deadline = None if timeout is None else time.monotonic() + timeout
    while silent:
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        events = poller.poll(left)
        if not events:
            break
        for number, event in events:
            if event == select.POLLIN:
                poller.unregister(number)
                sock = silent.pop(number)
                try:
                    words[sock] = sock.recv(65536)
                except OSError:
                    words[sock] = b""
    return words
