"""A thread for each function: they overlap, but not in one thread.

Caught by: test_everything_happens_in_one_thread
"""

import threading
from time import sleep  # noqa: F401


def spawn(function, *args, **kwargs):
    thread = threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread


def joinall(tasks):
    for task in tasks:
        task.join()


def patch():
    pass
