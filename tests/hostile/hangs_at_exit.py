"""Gives the right result, then would hang at exit: hooks, a thread that is waited for, a finalizer.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: passed
"""

import atexit
import threading
import time
from types import SimpleNamespace


class Stuck:
    def __del__(self):
        time.sleep(1000)


def run_serially(tasks):
    stuck = Stuck()
    atexit.register(lambda: (time.sleep(1000), stuck))
    threading.Thread(target=time.sleep, args=(1000,)).start()
    return [SimpleNamespace(result=task()) for task in tasks]
