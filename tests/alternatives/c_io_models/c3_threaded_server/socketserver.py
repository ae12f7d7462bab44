"""The standard library's threading server, on the given listener."""

import contextlib
import socketserver


class Talk(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while data := self.request.recv(65536):
                self.request.sendall(data.upper())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, listener):
        super().__init__(listener.getsockname(), Talk, bind_and_activate=False)
        self.socket.close()
        self.socket = listener


def serve(listener):
    with Server(listener) as server:
        server.serve_forever(poll_interval=10)
