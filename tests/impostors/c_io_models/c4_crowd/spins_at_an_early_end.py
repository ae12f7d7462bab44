"""Takes an early end-of-file for a short piece, and asks for the rest for ever.

Caught by: test_a_failing_client_is_named[closed], test_a_failing_client_is_named[half-an-answer]
"""

import socket
from concurrent.futures import ThreadPoolExecutor


def hello(address, number):
    message = f"{number} hello".encode()
    answer = b""
    try:
        with socket.create_connection(address) as sock:
            sock.sendall(message)
            while len(answer) < len(message):
                data = sock.recv(1024)
                answer += data
    except OSError as error:
        raise OSError(f"client {number}: {error}") from error
    return answer.decode()


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda number: hello(address, number), range(clients)))
