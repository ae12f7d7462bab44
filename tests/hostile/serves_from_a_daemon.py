"""Answers from a daemon, while the process that was started ends with success.

Kata: d2
Test: test_what_one_client_sends_comes_back_in_upper_case
Verdict: ended
Says: exit code 0
"""

import os


def serve(listener):
    if os.fork():
        sum(range(20_000_000))  # the daemon has answered long before this process is over
        os._exit(0)
    os.setsid()
    while True:
        client, _ = listener.accept()
        while data := client.recv(65536):
            client.sendall(data.upper())
