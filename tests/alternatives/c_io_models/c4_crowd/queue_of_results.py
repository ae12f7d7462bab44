"""Threads that put what happened into a queue, from where it is sorted into its places."""

import queue
import socket
import threading


def say_hello(address, clients):
    results = queue.Queue()
    for number in range(clients):
        threading.Thread(target=visit, args=(address, number, results), daemon=True).start()
    answers = {}
    for _ in range(clients):
        number, answer = results.get()
        if isinstance(answer, Exception):
            raise OSError(f"client number {number}") from answer
        answers[number] = answer
    return [answers[number] for number in range(clients)]


def visit(address, number, results):
    try:
        with socket.create_connection(address) as sock, sock.makefile("rwb") as stream:
            stream.write(f"{number} hello".encode())
            stream.flush()
            answer = stream.read(len(f"{number} hello"))
            if len(answer) < len(f"{number} hello"):
                raise EOFError(answer)
            results.put((number, str(answer, "ascii")))
    except Exception as error:
        results.put((number, error))
