"""Watches a copy (os.dup) of each descriptor, the listener with EPOLLEXCLUSIVE, and speaks by os.read and os.write."""

import os
import select


def serve(listener):
    listener.setblocking(False)
    watcher = select.epoll(sizehint=4096)
    watcher.register(listener.fileno(), select.EPOLLIN | select.EPOLLEXCLUSIVE)
    unsent = {}

    def close(fd):
        watcher.unregister(fd)
        del unsent[fd]
        os.close(fd)

    while True:
        for fd, _ in watcher.poll(-1, 64):
            if fd not in unsent:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    continue
                with sock:
                    sock.setblocking(False)
                    copy = os.dup(sock.fileno())
                unsent[copy] = b""
                watcher.register(copy, select.EPOLLIN | select.EPOLLRDHUP)
                continue
            try:
                if not unsent[fd]:
                    unsent[fd] = os.read(fd, 50_000).upper()
                    if not unsent[fd]:
                        close(fd)
                        continue
                unsent[fd] = unsent[fd][os.write(fd, unsent[fd]) :]
            except BlockingIOError:
                pass
            except OSError:
                close(fd)
                continue
            watcher.modify(fd, select.EPOLLOUT if unsent[fd] else select.EPOLLIN)
