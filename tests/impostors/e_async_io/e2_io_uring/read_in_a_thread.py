"""Threads call os.read: somebody waits and copies, only not the caller.

Caught by: test_no_read_call_is_made_for_the_data
"""

import os
import queue
import threading


def completions(fds, size):
    done = queue.Queue()

    def read(fd):
        try:
            done.put((fd, os.read(fd, size)))
        except OSError as error:
            done.put((fd, error))

    fds = list(fds)
    for fd in fds:
        threading.Thread(target=read, args=(fd,), daemon=True).start()
    for _ in fds:
        fd, data = done.get()
        if isinstance(data, OSError):
            raise data
        yield fd, data
