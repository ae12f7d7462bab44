"""Leaves a daemon behind that listens, out of reach of everything but loopback.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Sandbox: needed
Port: 21715
"""

import os
import socket
import time


def run_serially(tasks):
    listener = socket.create_server(("", 21715))
    if os.fork() == 0:
        os.setsid()
        listener.accept()
        time.sleep(1000)
    return []
