"""A thread listens to each client, another one sends what the kernel has refused; one lock for the chat."""

import contextlib
import select
import socket
import threading


def serve(listener, max_line=1024, max_backlog=65536):
    chat = Chat(max_line, max_backlog)
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=chat.listen, args=(sock,), daemon=True).start()


class Chat:
    def __init__(self, max_line, max_backlog):
        self.max_line, self.max_backlog = max_line, max_backlog
        self.lock = threading.RLock()
        self.socks = {}
        self.rests = {}

    def listen(self, sock):
        nick = None
        try:
            for line in self.lines(sock):
                with self.lock:
                    if nick is None:
                        if not line or b" " in line:
                            sock.sendall(b"BAD NICK\n")
                            return
                        if line in self.socks:
                            sock.sendall(b"NICK TAKEN\n")
                            return
                        nick = line
                        self.socks[nick] = sock
                        self.rests[sock] = b""
                        self.tell(b"* %b joined\n" % nick, sock)
                        self.tell(b"* %b joined\n" % nick, sock, only=True)
                    elif self.socks.get(nick) is sock:
                        self.tell(b"%b: %b\n" % (nick, line), sock)
                    else:
                        return
        except OSError:
            pass
        finally:
            with self.lock:
                self.leave(nick, sock)
                sock.close()

    def lines(self, sock):
        pending = b""
        while data := sock.recv(2048):
            pending += data
            while b"\n" in pending or len(pending) > self.max_line + 1:
                line, _, pending = pending.partition(b"\n")
                line = line.removesuffix(b"\r")
                if len(line) > self.max_line:
                    sock.send(b"LINE TOO LONG\n", socket.MSG_DONTWAIT)
                    return
                yield line

    def tell(self, line, speaker, only=False):
        slow = []
        for nick, sock in self.socks.items():
            if (sock is speaker) is only:
                waiting = bool(self.rests[sock])
                self.rests[sock] += line
                if not self.push(sock):
                    slow.append((nick, sock))
                elif self.rests[sock] and not waiting:
                    threading.Thread(target=self.follow, args=(nick, sock), daemon=True).start()
        for nick, sock in slow:
            self.leave(nick, sock)

    def push(self, sock):
        """Send what the kernel takes; False if this client is to go."""
        try:
            sent = sock.send(self.rests[sock], socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            return False
        self.rests[sock] = self.rests[sock][sent:]
        return len(self.rests[sock]) <= self.max_backlog

    def follow(self, nick, sock):
        while True:
            poller = select.poll()
            with self.lock:
                if not self.rests.get(sock):
                    return
                poller.register(sock, select.POLLOUT)
            poller.poll(1000)
            with self.lock:
                if self.rests.get(sock) and not self.push(sock):
                    self.leave(nick, sock)

    def leave(self, nick, sock):
        if nick is not None and self.socks.get(nick) is sock:
            del self.socks[nick]
            del self.rests[sock]
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            self.tell(b"* %b left\n" % nick, sock)
