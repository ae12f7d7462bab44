"""A pool of fifty threads, whatever the crowd: the fifty-first begins when one of them has ended.

Caught by: test_all_clients_wait_at_the_same_time
"""

import socket
from concurrent.futures import ThreadPoolExecutor


def say_hello(address, clients):
    def hello(number):
        message = f"{number} hello".encode()
        answer = b""
        try:
            with socket.create_connection(address) as sock:
                sock.sendall(message)
                while len(answer) < len(message):
                    piece = sock.recv(1024)
                    if not piece:
                        raise ConnectionError("closed before its answer was whole")
                    answer += piece
        except OSError as error:
            raise OSError(f"client {number}: {error}") from error
        return answer.decode()

    with ThreadPoolExecutor(50) as pool:
        return list(pool.map(hello, range(clients)))
