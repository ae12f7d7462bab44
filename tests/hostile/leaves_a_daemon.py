"""Leaves a process behind that has shed its parent, its session and its environment.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: left a process behind
"""

import os
import sys
from types import SimpleNamespace


def run_serially(tasks):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execve(
                sys.executable, [sys.executable, "-I", "-c", "import time; time.sleep(1000)"], {}
            )
        os._exit(0)
    os.wait()
    return [SimpleNamespace(result=task()) for task in tasks]
