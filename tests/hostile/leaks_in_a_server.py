"""Serves, and takes memory without end beside it.

Kata: d2
Test: test_what_one_client_sends_comes_back_in_upper_case
Verdict: ended
Says: MiB of memory, more than the 1,024 it may
"""


def serve(listener):
    held = []
    while True:
        held.append(bytearray(b"x" * (8 << 20)))
