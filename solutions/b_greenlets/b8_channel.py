"""A producer and several workers with a bounded channel between them, in one thread.

The lesson: katas/b_greenlets/b8_channel.md
"""

from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gevent.queue import Queue


def pipeline(source: Iterable, work: Callable[[Any], Any], workers: int, capacity: int) -> list:
    """Call `work(item)` for every item of `source`; the results, in the order of the source.

    One producer takes from `source` and puts into a channel that holds up to `capacity` items (at
    least 1); `workers` workers take from there. `work` waits with `gevent.sleep`. Never more than
    `capacity + workers + 1` items are taken and not yet finished.

    If `work`, or `source` itself, raises an Exception, that one comes out. From the failure on each
    worker begins one further item at most, and one more is taken at most; once the exception is
    out, nothing runs any more.
    """
    channel, end = Queue(capacity), object()
    results, failures = [], []

    def produce() -> None:
        for place, item in enumerate(source):
            if failures:
                return
            results.append(None)
            channel.put((place, item))
        # Each worker takes one of them and goes home.
        for _ in range(workers):
            channel.put(end)

    def consume() -> None:
        while not failures and (taken := channel.get()) is not end:
            place, item = taken
            results[place] = work(item)

    def guarded(step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:
            failures.append(error)

    greenlets = [gevent.spawn(guarded, step) for step in [produce] + [consume] * workers]
    try:
        # Whoever fails, ends. To wait for all of them in turn would be to wait for somebody who
        # waits for the one that is gone.
        for _ in gevent.iwait(greenlets):
            if failures:
                raise failures[0]
    finally:
        gevent.killall(greenlets)
    return results


if __name__ == "__main__":
    import time

    def source() -> Iterable:
        for item in range(8):
            print(f"{time.perf_counter() - started:.1f} s   take {item}")
            yield item

    def work(item: int) -> int:
        print(f"{time.perf_counter() - started:.1f} s            begin {item}")
        gevent.sleep(0.5)
        print(f"{time.perf_counter() - started:.1f} s                      finish {item}")
        return item * item

    started = time.perf_counter()
    print(pipeline(source(), work, workers=2, capacity=1))
