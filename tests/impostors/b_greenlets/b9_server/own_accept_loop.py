"""Accepts and spawns by itself: a fine server, and no StreamServer.

Caught by: test_a_stream_server_answers
"""

import signal

import gevent
from gevent import socket
from gevent.pool import Pool


def answer(client, address):
    try:
        while data := client.recv(65536):
            client.sendall(data.upper())
    except OSError:
        pass


def serve(listener):
    door = socket.socket(fileno=listener.detach())
    pool = Pool()

    def welcome():
        while True:
            client, address = door.accept()
            pool.spawn(talk, client, address)

    def talk(client, address):
        with client:
            answer(client, address)

    accepting = gevent.spawn(welcome)
    gevent.signal_handler(signal.SIGTERM, accepting.kill)
    accepting.join()
    door.close()
    pool.join(timeout=1)
    pool.kill()
