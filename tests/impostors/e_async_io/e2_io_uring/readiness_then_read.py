"""Waits until descriptors are readable and reads them itself: that is readiness, not completion.

Caught by: test_no_read_call_is_made_for_the_data
"""

import os
import select


def completions(fds, size):
    pending = list(fds)
    while pending:
        for fd in select.select(pending, [], [])[0]:
            pending.remove(fd)
            yield fd, os.read(fd, size)
