"""No queue: a semaphore counts the places, another one the workers, and each item is a greenlet."""

import gevent
from gevent.lock import Semaphore


def pipeline(source, work, workers, capacity):
    places, desks = Semaphore(capacity + workers), Semaphore(workers)
    jobs, failures = [], []

    def job(item):
        try:
            with desks:
                if not failures:
                    return work(item)
        except Exception as error:
            failures.append(error)
        finally:
            places.release()

    try:
        for item in source:
            if failures:
                break
            places.acquire()
            jobs.append(gevent.spawn(job, item))
    except Exception as error:
        failures.append(error)
    gevent.joinall(jobs)
    if failures:
        raise failures[0]
    return [job.value for job in jobs]
