"""Hands an answer that does not fit into the kernel to a thread.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import selectors
import threading


def serve(listener):
    selector = selectors.DefaultSelector()

    def accept(_):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ, read)

    def read(connection):
        try:
            data = connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            selector.unregister(connection)
            connection.close()
            return
        answer = data.upper()
        try:
            answer = answer[connection.send(answer) :]
        except BlockingIOError:
            pass
        except OSError:
            selector.unregister(connection)
            connection.close()
            return
        if answer:
            selector.unregister(connection)
            threading.Thread(target=deliver, args=(connection, answer), daemon=True).start()

    def deliver(connection, rest):
        connection.setblocking(True)
        try:
            connection.sendall(rest)
        except OSError:
            connection.close()
            return
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ, read)

    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, accept)
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)
