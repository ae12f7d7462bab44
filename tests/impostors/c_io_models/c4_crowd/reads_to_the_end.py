"""Reads until end-of-file, which this server makes only when it loses its patience.

Caught by: test_it_does_not_wait_for_the_server_to_hang_up
"""

import socket
from concurrent.futures import ThreadPoolExecutor


def hello(address, number):
    message = f"{number} hello".encode()
    answer = b""
    try:
        with socket.create_connection(address) as sock:
            sock.sendall(message)
            while data := sock.recv(1024):
                answer += data
            if len(answer) < len(message):
                raise ConnectionError("closed too early")
    except OSError as error:
        raise OSError(f"client {number}: {error}") from error
    return answer.decode()


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda number: hello(address, number), range(clients)))
