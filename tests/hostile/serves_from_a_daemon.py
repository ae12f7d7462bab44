"""Answers from a daemon, while the process that was started ends with success.

Kata: d2
Test: test_what_one_client_sends_comes_back_in_upper_case
Verdict: ended
Says: exit code 0
"""

import os
import time


def serve(listener):
    parent = os.getpid()
    if os.fork():
        os._exit(0)
    os.setsid()
    while os.getppid() == parent:
        time.sleep(0.01)
    while True:
        client, _ = listener.accept()
        while data := client.recv(65536):
            client.sendall(data.upper())
