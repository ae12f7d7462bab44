"""Does not listen: makes the answer up from what it said.

Caught by: test_a_failing_client_is_named[closed], test_twenty_slow_answers_take_about_a_second
"""

import socket
from concurrent.futures import ThreadPoolExecutor


def hello(address, number):
    try:
        with socket.create_connection(address) as sock:
            sock.sendall(b"%d hello" % number)
    except OSError as error:
        raise OSError(f"client {number}: {error}") from error
    return f"{number} HELLO"


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda number: hello(address, number), range(clients)))
