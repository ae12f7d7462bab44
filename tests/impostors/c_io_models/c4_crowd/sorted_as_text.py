"""Sorts the answers to bring them into order, as text: client 10 comes before client 2.

Caught by: test_each_client_has_its_own_connection_and_its_own_answer, test_answers_are_listed_by_client
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
    return answer.decode()


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return sorted(pool.map(lambda number: hello(address, number), range(clients)))
