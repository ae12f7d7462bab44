"""Takes memory without end instead of serving.

Kata: d2
Test: test_what_one_client_sends_comes_back_in_upper_case
Verdict: ended, failed
"""


def serve(listener):
    held = []
    while True:
        held.append(bytearray(b"x" * (8 << 20)))
