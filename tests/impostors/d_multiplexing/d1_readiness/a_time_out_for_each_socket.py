"""Sets the time-out on each socket and receives from one after the other.

Caught by: test_the_time_out_is_for_all_together
"""


def first_words(sockets, timeout):
    words = {}
    for sock in sockets:
        sock.settimeout(timeout)
        try:
            words[sock] = sock.recv(65536)
        except (TimeoutError, BlockingIOError):
            continue
        except OSError:
            words[sock] = b""
    return words
