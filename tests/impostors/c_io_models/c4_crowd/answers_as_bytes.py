"""Hands back the bytes that came, where their text was asked for.

Caught by: test_a_client_says_its_number_and_hears_its_answer
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
                if not data:
                    raise ConnectionError("closed too early")
                answer += data
    except OSError as error:
        raise OSError(f"client {number}: {error}") from error
    return answer


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda number: hello(address, number), range(clients)))
