"""Starts a thread and joins it before it starts the next: threads, and still one after the other.

Caught by: test_twenty_slow_answers_take_about_a_second, test_all_clients_wait_at_the_same_time
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

    def work(number):
        try:
            answers[number] = hello(address, number)
        except OSError as error:
            errors.append(error)

    for number in range(clients):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        thread.join()
    if errors:
        raise errors[0]
    return answers
