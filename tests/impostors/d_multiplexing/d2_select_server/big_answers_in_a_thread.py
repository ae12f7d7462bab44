"""Hands an answer that does not fit into the kernel to a thread.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import os
import select
import threading


def selectable(connection):
    return os.name == "nt" or connection.fileno() < 1024


def serve(listener):
    listener.setblocking(False)
    readers = [listener]
    back = []

    def deliver(sock, rest):
        sock.settimeout(None)
        try:
            sock.sendall(rest)
            sock.setblocking(False)
            back.append(sock)
        except OSError:
            sock.close()

    while True:
        while back:
            readers.append(back.pop())
        readable, _, _ = select.select(
            readers, [], [], 0.05 if threading.active_count() > 1 else None
        )
        for sock in readable:
            try:
                if sock is listener:
                    connection, _ = listener.accept()
                    connection.setblocking(False)
                    if selectable(connection):
                        readers.append(connection)
                    else:
                        connection.close()
                    continue
                data = sock.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                readers.remove(sock)
                sock.close()
                continue
            answer = data.upper()
            try:
                rest = answer[sock.send(answer) :]
            except BlockingIOError:
                rest = answer
            except OSError:
                readers.remove(sock)
                sock.close()
                continue
            if rest:
                readers.remove(sock)
                threading.Thread(target=deliver, args=(sock, rest), daemon=True).start()
