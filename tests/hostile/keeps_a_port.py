"""Leaves a daemon behind that holds a port.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: left a process behind
Port: 21713
"""

import os
import sys
import time
from types import SimpleNamespace

HOLD = """
import socket, time
held = socket.create_server(("127.0.0.1", 21713))
time.sleep(1000)
"""


def run_serially(tasks):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execve(sys.executable, [sys.executable, "-I", "-c", HOLD], {})
        os._exit(0)
    os.wait()
    time.sleep(1)
    return [SimpleNamespace(result=task()) for task in tasks]
