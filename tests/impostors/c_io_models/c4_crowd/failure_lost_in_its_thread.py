"""A bare thread's exception goes to the screen, and nobody learns of it: None stands in for the answer.

Caught by: test_a_failing_client_is_named, test_a_server_that_refuses_is_an_oserror_too
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

    def work(number):
        answers[number] = hello(address, number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
