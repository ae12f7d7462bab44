"""Has gevent patch everything and then breaks what it has patched.

Kata: b5
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
"""

import os
import select
import socket
import threading

from gevent import monkey

monkey.patch_all()

for module in (os, select, socket, threading):
    for name in dir(module):
        if not name.startswith("_") and callable(getattr(module, name)):
            setattr(module, name, None)


def run_together(tasks):
    return []
