"""Names the client that failed, but in a RuntimeError, where an OSError was asked for.

Caught by: test_a_failing_client_is_named, test_a_server_that_refuses_is_an_oserror_too
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
        raise RuntimeError(f"client {number}: {error}") from error
    return answer.decode()


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda number: hello(address, number), range(clients)))
