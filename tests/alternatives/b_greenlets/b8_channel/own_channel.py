"""A channel class of its own: a deque, an event that is renewed at every change, and a word for the end."""

from collections import deque

import gevent
from gevent.event import Event


class Channel:
    def __init__(self, capacity):
        self.items, self.capacity, self.changed, self.ended = deque(), capacity, Event(), False

    def notify(self):
        self.changed.set()
        self.changed = Event()

    def put(self, item):
        while len(self.items) >= self.capacity:
            self.changed.wait()
        self.items.append(item)
        self.notify()

    def end(self):
        self.ended = True
        self.notify()

    def __iter__(self):
        while self.items or not self.ended:
            if self.items:
                item = self.items.popleft()
                self.notify()
                yield item
            else:
                self.changed.wait()


def pipeline(source, work, workers, capacity):
    channel, results, failure = Channel(capacity), {}, []

    def produce():
        for pair in enumerate(source):
            channel.put(pair)
        channel.end()

    def consume():
        for place, item in channel:
            results[place] = work(item)

    def careful(step):
        try:
            step()
        except Exception as error:
            failure.append(error)
            gevent.killall(
                [other for other in crew if other is not gevent.getcurrent()], block=False
            )

    crew = [gevent.spawn(careful, step) for step in (produce, *[consume] * workers)]
    gevent.joinall(crew)
    if failure:
        raise failure[0]
    return [results[place] for place in range(len(results))]
