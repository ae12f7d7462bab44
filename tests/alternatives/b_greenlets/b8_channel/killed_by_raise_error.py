"""joinall raises what failed first, a group is killed; workers iterate over the queue itself."""

import gevent
from gevent.pool import Group
from gevent.queue import Queue


def pipeline(source, work, workers, capacity):
    queue, group, results = Queue(maxsize=capacity), Group(), {}

    def produce():
        for numbered in enumerate(source):
            queue.put(numbered)
        for _ in range(workers):
            queue.put(StopIteration)

    def consume():
        for number, item in queue:
            results[number] = work(item)

    group.spawn(produce)
    for _ in range(workers):
        group.spawn(consume)
    try:
        gevent.joinall(list(group), raise_error=True)
    finally:
        group.kill()
    return [result for _, result in sorted(results.items(), key=lambda pair: pair[0])]
