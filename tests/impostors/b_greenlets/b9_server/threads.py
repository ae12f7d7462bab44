"""Hands every client to a thread of the system.

Caught by: test_it_does_the_work_in_one_thread_of_one_process
"""

import signal
import socket
import threading

import gevent
from gevent.server import StreamServer


def talk(connection):
    with connection:
        connection.setblocking(True)
        try:
            while data := connection.recv(65536):
                connection.sendall(data.upper())
        except OSError:
            pass


def answer(client, address):
    connection = socket.socket(fileno=client.detach())
    threading.Thread(target=talk, args=(connection,), daemon=True).start()


def serve(listener):
    listener.setblocking(False)
    server = StreamServer(listener, answer)
    gevent.signal_handler(signal.SIGTERM, server.close)
    server.serve_forever(stop_timeout=1)
