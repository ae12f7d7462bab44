"""A deque and a condition; nobody is killed, all see the failure and come to their end."""

from collections import deque

import gevent
from gevent.event import Event


class Channel:
    def __init__(self, capacity):
        self.items, self.capacity = deque(), capacity
        self.open, self.error = True, None
        self.changed = Event()

    def _wait(self):
        self.changed.clear()
        self.changed.wait()

    def put(self, thing):
        while len(self.items) >= self.capacity and not self.error:
            self._wait()
        self.items.append(thing)
        self.changed.set()

    def get(self):
        while not self.items and self.open and not self.error:
            self._wait()
        if self.error or not self.items:
            return None
        self.changed.set()
        return self.items.popleft()

    def close(self, error=None):
        self.open, self.error = False, self.error or error
        self.changed.set()


def pipeline(source, work, workers, capacity):
    channel, results = Channel(capacity), []

    def consume():
        while (box := channel.get()) is not None:
            try:
                box["result"] = work(box["item"])
            except Exception as error:
                channel.close(error)

    crew = [gevent.spawn(consume) for _ in range(workers)]
    try:
        for item in source:
            if channel.error:
                break
            results.append({"item": item})
            channel.put(results[-1])
        channel.close()
    except Exception as error:
        channel.close(error)
    gevent.joinall(crew)
    if channel.error:
        raise channel.error
    return [box["result"] for box in results]
