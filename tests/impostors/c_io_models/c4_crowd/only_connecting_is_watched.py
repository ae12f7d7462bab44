"""Watches only the connecting for errors: a reset in the middle comes out without its number.

Caught by: test_a_failing_client_is_named[reset]
"""

import socket
from concurrent.futures import ThreadPoolExecutor


def hello(address, number):
    message = b"%d hello" % number
    answer = b""
    try:
        sock = socket.create_connection(address)
    except OSError as error:
        raise OSError(f"client {number}: {error}") from error
    with sock:
        sock.sendall(message)
        while len(answer) < len(message):
            data = sock.recv(1024)
            if not data:
                raise OSError(f"client {number}: closed too early")
            answer += data
    return answer.decode()


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda number: hello(address, number), range(clients)))
