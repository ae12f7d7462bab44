"""A thread pool of the standard library, whose futures report to one queue."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple


class Completion(NamedTuple):
    ticket: int
    result: object = None
    error: object = None


class CompletionQueue:
    def __init__(self, workers=16):
        self.pool = ThreadPoolExecutor(workers)
        self.ended = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.tickets = 0
        self.outstanding = set()

    def submit(self, function, *args):
        with self.lock:
            self.tickets += 1
            ticket = self.tickets
            future = self.pool.submit(self.call, function, args)  # RuntimeError after shutdown
            self.outstanding.add(ticket)
        future.add_done_callback(lambda future: self.done(ticket, future))
        return ticket

    @staticmethod
    def call(function, args):
        try:
            return function(*args), None
        except Exception as error:
            return None, error

    def done(self, ticket, future):
        if future.cancelled():
            with self.lock:
                self.outstanding.discard(ticket)
        else:
            self.ended.put(Completion(ticket, *future.result()))

    def wait(self, timeout):
        with self.lock:
            if not self.outstanding:
                return None
        try:
            completion = self.ended.get(timeout=timeout)
        except queue.Empty:
            return None
        with self.lock:
            self.outstanding.discard(completion.ticket)
        return completion

    def close(self):
        self.pool.shutdown(wait=True, cancel_futures=True)
