"""A deque that everybody looks at every millisecond; nobody is killed, all see the failure and end."""

from collections import deque

import gevent


class Pipeline:
    def __init__(self, source, work, workers, capacity):
        self.work, self.capacity = work, capacity
        self.waiting, self.boxes = deque(), []
        self.open, self.error = True, None
        self.crew = [gevent.spawn(self.consume) for _ in range(workers)]
        try:
            self.produce(source)
        except Exception as error:
            self.fail(error)
        self.open = False
        gevent.joinall(self.crew)

    def fail(self, error):
        self.error = self.error or error

    def produce(self, source):
        for item in source:
            if self.error:
                return
            self.boxes.append({"item": item})
            while len(self.waiting) >= self.capacity and not self.error:
                gevent.sleep(0.001)
            self.waiting.append(self.boxes[-1])

    def consume(self):
        while not self.error:
            if self.waiting:
                box = self.waiting.popleft()
                try:
                    box["result"] = self.work(box["item"])
                except Exception as error:
                    self.fail(error)
            elif self.open:
                gevent.sleep(0.001)
            else:
                return


def pipeline(source, work, workers, capacity):
    done = Pipeline(source, work, workers, capacity)
    if done.error:
        raise done.error
    return [box["result"] for box in done.boxes]
