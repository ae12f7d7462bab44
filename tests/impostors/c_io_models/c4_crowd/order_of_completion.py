"""Lists the answers in the order in which they came.

Caught by: test_answers_are_listed_by_client
"""

import socket
from concurrent.futures import ThreadPoolExecutor, as_completed


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
        calls = [pool.submit(hello, address, number) for number in range(clients)]
        return [call.result() for call in as_completed(calls)]
