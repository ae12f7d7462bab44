"""Connects to a server outside.

Kata: a1
Test: test_results_come_in_the_order_of_the_tasks
Verdict: failed
Says: nobody hears me
Sandbox: needed
"""

import socket


def run_serially(tasks):
    for address in (("192.0.2.1", 80), ("127.0.0.1", 21714)):
        try:
            socket.create_connection(address, 2).sendall(b"secret")
        except OSError as error:
            print(error)
        else:
            return []
    raise ConnectionError("nobody hears me")
