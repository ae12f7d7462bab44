"""A producer and several workers with a bounded channel between them, in one thread.

The lesson: katas/b_greenlets/b8_channel.md
"""

from collections.abc import Callable, Iterable
from typing import Any

import gevent


def pipeline(source: Iterable, work: Callable[[Any], Any], workers: int, capacity: int) -> list:
    """Call `work(item)` for every item of `source`; the results, in the order of the source.

    One producer takes from `source` and puts into a channel that holds up to `capacity` items (at
    least 1); `workers` workers take from there. `work` waits with `gevent.sleep`. Never more than
    `capacity + workers + 1` items are taken and not yet finished.

    If `work`, or `source` itself, raises an Exception, that one comes out. From the failure on each
    worker begins one further item at most, and one more is taken at most; once the exception is
    out, nothing runs any more.
    """
    # TODO: a greenlet that produces, greenlets that work, and between them a queue with a limit.
    raise NotImplementedError


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
