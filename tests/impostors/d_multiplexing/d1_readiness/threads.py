"""Waits with a thread for each socket, where one call can watch them all.

Caught by: test_while_nobody_speaks_it_sleeps
"""

import threading
import time


def first_words(sockets, timeout):
    words = {}

    def listen(sock):
        try:
            words[sock] = sock.recv(65536)
        except OSError:
            words[sock] = b""

    threads = [threading.Thread(target=listen, args=[sock], daemon=True) for sock in sockets]
    for thread in threads:
        thread.start()
    deadline = None if timeout is None else time.monotonic() + timeout
    for thread in threads:
        thread.join(None if deadline is None else max(0.02, deadline - time.monotonic()))
    return dict(words)
