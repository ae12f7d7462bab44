"""Takes the first recv for the whole answer.

Caught by: test_an_answer_may_come_in_pieces
"""

import socket
from concurrent.futures import ThreadPoolExecutor


def hello(address, number):
    try:
        with socket.create_connection(address) as sock:
            sock.sendall(b"%d hello" % number)
            answer = sock.recv(1024)
            if not answer:
                raise ConnectionError("closed too early")
    except OSError as error:
        raise OSError(f"client {number}: {error}") from error
    return answer.decode()


def say_hello(address, clients):
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda number: hello(address, number), range(clients)))
