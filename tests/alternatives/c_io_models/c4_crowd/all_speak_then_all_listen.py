"""One thread and blocking calls: all connect and speak before the first one listens."""

import contextlib
import socket


def say_hello(address, clients):
    with contextlib.ExitStack() as stack:
        socks = []
        for number in range(clients):
            with named(number):
                sock = stack.enter_context(socket.create_connection(address))
                sock.sendall(b"%d hello" % number)
                socks.append(sock)
        answers = []
        for number, sock in enumerate(socks):
            with named(number):
                answers.append(listen(sock, len(f"{number} hello")))
        return answers


def listen(sock, size):
    answer = sock.recv(size, socket.MSG_WAITALL) if hasattr(socket, "MSG_WAITALL") else b""
    while len(answer) < size:
        piece = sock.recv(size - len(answer))
        if not piece:
            raise ConnectionResetError("no answer")
        answer += piece
    return answer.decode()


@contextlib.contextmanager
def named(number):
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror or error} (client {number})") from None
