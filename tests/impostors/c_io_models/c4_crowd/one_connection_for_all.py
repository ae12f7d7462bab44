"""All clients share one connection: the server sees a single client that says much.

Caught by: test_each_client_has_its_own_connection_and_its_own_answer, test_all_clients_wait_at_the_same_time
"""

import socket


def say_hello(address, clients):
    messages = [b"%d hello" % number for number in range(clients)]
    try:
        with socket.create_connection(address) as sock:
            for message in messages:
                sock.sendall(message)
            answers = []
            for number, message in enumerate(messages):
                answer = b""
                while len(answer) < len(message):
                    data = sock.recv(len(message) - len(answer))
                    if not data:
                        raise ConnectionError(f"client {number}: closed too early")
                    answer += data
                answers.append(answer.decode())
    except OSError as error:
        raise OSError(f"client {0 if clients else None}: {error}") from error
    return answers
