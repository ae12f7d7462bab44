"""One thread, a selector, and a record for each client."""

import selectors
import socket


def say_hello(address, clients):
    answers = [b""] * clients
    socks = []
    with selectors.DefaultSelector() as selector:
        try:
            for number in range(clients):
                sock = socket.socket()
                socks.append(sock)
                sock.setblocking(False)
                sock.connect_ex(address)
                selector.register(sock, selectors.EVENT_WRITE, number)
            while selector.get_map():
                for key, _ in selector.select():
                    number, sock = key.data, key.fileobj
                    message = b"%d hello" % number
                    try:
                        if key.events == selectors.EVENT_WRITE:
                            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                            if code:
                                raise OSError(code, "cannot connect")
                            sock.send(message)
                            selector.modify(sock, selectors.EVENT_READ, number)
                        else:
                            data = sock.recv(100)
                            if not data:
                                raise OSError("hung up")
                            answers[number] += data
                            if len(answers[number]) == len(message):
                                selector.unregister(sock)
                    except OSError as error:
                        raise OSError(f"#{number}: {error}") from error
        finally:
            for sock in socks:
                sock.close()
    return [answer.decode() for answer in answers]
