"""A gevent.Timeout around the join of a pool; what is left in the pool then is killed with it."""

import functools
from dataclasses import dataclass
from typing import Any

import gevent
from gevent.pool import Pool


@dataclass(frozen=True)
class Finished:
    value: Any


@dataclass(frozen=True)
class Failed:
    error: Exception


@dataclass(frozen=True)
class Abandoned:
    pass


def run_until(tasks, seconds):
    outcomes, pool = dict.fromkeys(tasks, Abandoned()), Pool()

    def work(name, task):
        try:
            value = task()
        except Exception as error:
            outcomes[name] = Failed(error)
        else:
            outcomes[name] = Finished(value)

    for name in tasks:
        pool.start(gevent.Greenlet(functools.partial(work, name), tasks[name]))
    try:
        with gevent.Timeout(seconds):
            pool.join()
    except gevent.Timeout:
        pool.kill()
    return outcomes
