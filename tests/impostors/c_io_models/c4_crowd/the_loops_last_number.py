"""The threads look the number up in the loop's variable, which has gone on by then.

Caught by: test_each_client_has_its_own_connection_and_its_own_answer
"""

import socket
import threading


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
    answers = [None] * clients
    errors = []

    def work():
        began.wait()
        try:
            answers[number] = hello(address, number)
        except OSError as error:
            errors.append(error)

    began = threading.Event()
    threads = []
    for number in range(clients):  # noqa: B007
        threads.append(threading.Thread(target=work))
        threads[-1].start()
    began.set()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return answers
