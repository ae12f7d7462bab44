"""A thread for every call, and a semaphore that lets so many begin."""

import threading
from collections import namedtuple

Completion = namedtuple("Completion", "ticket result error")


class CompletionQueue:
    def __init__(self, workers=16):
        self.places = threading.Semaphore(workers)
        self.lock = threading.Lock()
        self.news = threading.Semaphore(0)
        self.open = {}  # ticket: "waits", "runs" or "ended"
        self.ended = []
        self.closed = False

    def submit(self, function, *args):
        with self.lock:
            if self.closed:
                raise RuntimeError("closed")
            ticket = len(self.open) + 1000
            self.open[ticket] = "waits"
        threading.Thread(target=self.run, args=(ticket, function, args), daemon=True).start()
        return ticket

    def run(self, ticket, function, args):
        with self.places:
            with self.lock:
                if self.closed:
                    self.open[ticket] = "taken"
                    return
                self.open[ticket] = "runs"
            result = error = None
            try:
                result = function(*args)
            except Exception as raised:
                error = raised
            with self.lock:
                self.ended.append(Completion(ticket, result, error))
                self.open[ticket] = "ended"
            self.news.release()

    def wait(self, timeout):
        with self.lock:
            going = {"runs", "ended"} if self.closed else {"waits", "runs", "ended"}
            if not any(state in going for state in self.open.values()):
                return None
        if timeout is not None and timeout <= 0:
            told = self.news.acquire(blocking=False)
        else:
            told = self.news.acquire(timeout=timeout)
        if not told:
            return None
        with self.lock:
            completion = self.ended.pop(0)
            self.open[completion.ticket] = "taken"
            return completion

    def close(self):
        with self.lock:
            self.closed = True
