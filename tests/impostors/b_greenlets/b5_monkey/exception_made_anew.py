"""Raises a new exception of the same class: the one that came out is not the task's own, and its traceback is gone.

Caught by: test_a_failure_comes_out
"""

from gevent import joinall, monkey, spawn

monkey.patch_all()


def run_together(tasks):
    greenlets = [spawn(task) for task in tasks]
    joinall(greenlets)
    for greenlet in greenlets:
        if greenlet.exception:
            raise type(greenlet.exception)(str(greenlet.exception))
    return [greenlet.value for greenlet in greenlets]
