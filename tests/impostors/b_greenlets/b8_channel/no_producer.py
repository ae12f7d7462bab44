"""Every worker takes from the source by itself: two ask it at the same time.

Caught by: test_the_workers_work_while_the_source_waits
"""

import gevent


def pipeline(source, work, workers, capacity):
    places, results, failures = iter(enumerate(source)), {}, []

    def consume():
        try:
            for place, item in places:
                if failures:
                    return
                results[place] = work(item)
        except Exception as error:
            failures.append(error)

    greenlets = [gevent.spawn(consume) for _ in range(workers)]
    try:
        for _ in gevent.iwait(greenlets):
            if failures:
                raise failures[0]
    finally:
        gevent.killall(greenlets)
    return [results[place] for place in sorted(results)]
