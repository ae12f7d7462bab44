"""A thread for each client, which puts its answer or its error into a slot."""

import socket
import threading


class Client(threading.Thread):
    def __init__(self, address, number):
        super().__init__(daemon=True)
        self.address, self.number = address, number
        self.answer = self.error = None

    def run(self):
        message, answer = b"%d hello" % self.number, bytearray()
        sock = socket.socket()
        try:
            sock.connect(self.address)
            for place in range(len(message)):
                sock.send(message[place : place + 1])
            while len(answer) < len(message):
                piece = sock.recv(1)
                if not piece:
                    raise EOFError
                answer += piece
            self.answer = answer.decode("ascii")
        except (OSError, EOFError) as error:
            self.error = ConnectionError(f"the client with number {self.number} failed: {error!r}")
        finally:
            sock.close()


def say_hello(address, clients):
    crowd = [Client(address, number) for number in range(clients)]
    for client in crowd:
        client.start()
    for client in crowd:
        client.join()
    for client in crowd:
        if client.error is not None:
            raise client.error
    return [client.answer for client in crowd]
