"""All workers start with the queue and live until the end; a pair of plain queues."""

import queue
import threading
from dataclasses import dataclass
from typing import Any


@dataclass
class Completion:
    ticket: int
    result: Any
    error: Any


class CompletionQueue:
    def __init__(self, workers=16):
        self.calls, self.endings = queue.Queue(), queue.Queue()
        self.outstanding, self.last, self.closed = 0, -1, False
        self.lock = threading.RLock()
        for _ in range(workers):
            threading.Thread(target=self.worker, daemon=True).start()

    def worker(self):
        while True:
            ticket, function, args = self.calls.get()
            try:
                ending = Completion(ticket, function(*args), None)
            except Exception as error:
                ending = Completion(ticket, None, error)
            self.endings.put(ending)

    def submit(self, function, *args):
        with self.lock:
            if self.closed:
                raise RuntimeError("closed")
            self.last += 1
            self.outstanding += 1
            self.calls.put((self.last, function, args))
            return self.last

    def wait(self, timeout):
        with self.lock:
            if not self.outstanding:
                return None
        try:
            ending = self.endings.get(True, timeout) if timeout != 0 else self.endings.get(False)
        except queue.Empty:
            return None
        with self.lock:
            self.outstanding -= 1
        return ending

    def close(self):
        with self.lock:
            self.closed = True
            try:
                while True:
                    self.calls.get_nowait()
                    self.outstanding -= 1
            except queue.Empty:
                pass
