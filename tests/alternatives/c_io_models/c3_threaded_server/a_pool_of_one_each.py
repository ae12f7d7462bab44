"""An executor with a single worker for each client, shut down when it has left."""

from concurrent.futures import ThreadPoolExecutor


def talk(connection, executor):
    executor.shutdown(wait=False)
    with connection:
        try:
            while data := connection.recv(4096):
                sent = 0
                while sent < len(data):
                    sent += connection.send(data[sent:].upper())
        except OSError:
            pass


def serve(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            continue
        executor = ThreadPoolExecutor(1)
        executor.submit(talk, connection, executor)
