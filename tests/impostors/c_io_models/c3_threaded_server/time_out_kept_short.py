"""Lets each recv wait for two milliseconds only, and then asks again: fifty threads that never sleep for long.

Caught by: test_a_quiet_server_uses_next_to_no_cpu
"""

import threading


def talk(connection):
    connection.settimeout(0.002)
    with connection:
        while True:
            try:
                data = connection.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data:
                return
            connection.settimeout(None)
            try:
                connection.sendall(data.upper())
            except OSError:
                return
            connection.settimeout(0.002)


def serve(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
