"""Two threads per pair, each copies one direction with blocking calls."""

import contextlib
import socket
import threading


def serve(listener, upstream):
    while True:
        near, _ = listener.accept()
        threading.Thread(target=relay, args=(near, upstream), daemon=True).start()


def relay(near, upstream):
    with near:
        try:
            far = socket.create_connection(upstream)
        except OSError:
            return
        with far:
            back = threading.Thread(target=copy, args=(far, near), daemon=True)
            back.start()
            copy(near, far)
            back.join()


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for sock in (source, target):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
