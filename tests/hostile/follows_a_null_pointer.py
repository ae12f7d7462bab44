"""Crashes the interpreter.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: ended
Says: SIGSEGV, a crash in C code
"""

import ctypes


def run_serially(tasks):
    return ctypes.string_at(0)
