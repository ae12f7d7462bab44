"""No gevent at all: threads of the system, and a timer that shuts the socket of a late request."""

import contextlib
import http.client
import socket
import threading
import urllib.request


def fetch_all(urls, limit, timeout):
    turns, answers = threading.Semaphore(limit), {}

    def fetch(url):
        with turns:
            connections, late = [], threading.Event()

            class Connection(http.client.HTTPConnection):
                def connect(self):
                    super().connect()
                    connections.append(self.sock)

            class Handler(urllib.request.HTTPHandler):
                def http_open(self, request):
                    return self.do_open(Connection, request)

            def give_up():
                late.set()
                for sock in connections:
                    with contextlib.suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)

            timer = threading.Timer(timeout, give_up)
            timer.start()
            try:
                with urllib.request.build_opener(Handler).open(url, timeout=timeout) as response:
                    answers[url] = response.read()
            except Exception as error:
                answers[url] = error
            finally:
                timer.cancel()
            if late.is_set() and not isinstance(answers[url], Exception):
                answers[url] = TimeoutError(url)

    threads = [threading.Thread(target=fetch, args=(url,)) for url in dict.fromkeys(urls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
