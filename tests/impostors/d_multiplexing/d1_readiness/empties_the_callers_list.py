"""Takes those who have spoken out of the very list that it was given: the caller's list is empty afterwards.

Caught by: test_the_list_that_it_was_given_stays_as_it_was
"""

import select
import socket
import time


def first_words(sockets: list[socket.socket], timeout: float | None) -> dict[socket.socket, bytes]:
    """What each of `sockets` said first: whatever one `recv(65536)` returns.

    Returns as soon as all have spoken, at the latest after `timeout` seconds in all (None: as long
    as it takes; 0: only what is there already). Who has not spoken by then is not in the answer.
    End-of-file and a reset count as b"". The sockets are connected, and no two are the same. No
    threads, and next to no CPU time while nobody speaks.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    words: dict[socket.socket, bytes] = {}
    silent = sockets
    while silent:
        # Every round waits only for what is left of the whole time.
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select(silent, [], [], left)
        if not readable:
            break
        for sock in readable:
            try:
                words[sock] = sock.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                words[sock] = b""
            # Who has spoken is not asked again: at end-of-file a socket stays readable for ever.
            silent.remove(sock)
    return words
