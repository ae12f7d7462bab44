"""A bytearray per socket, never above 4 KiB, that is upper-cased in place; a nap after every round."""

import time

SIZE = 4096


def serve(listener, nap=0.0):
    listener.settimeout(0)
    buffers, ended = {}, set()
    while True:
        try:
            sock, _ = listener.accept()
            sock.settimeout(0)
            buffers[sock] = bytearray()
        except OSError:
            pass
        for sock, buffer in tuple(buffers.items()):
            try:
                if sock not in ended and len(buffer) < SIZE:
                    data = sock.recv(SIZE - len(buffer))
                    buffer += data.upper()
                    if not data:
                        ended.add(sock)
            except BlockingIOError:
                pass
            except OSError:
                ended.add(sock)
                buffer.clear()
            try:
                del buffer[: sock.send(buffer) if buffer else 0]
            except BlockingIOError:
                pass
            except OSError:
                ended.add(sock)
                buffer.clear()
            if sock in ended and not buffer:
                ended.remove(sock)
                del buffers[sock]
                sock.close()
        if nap > 0:
            time.sleep(nap)
