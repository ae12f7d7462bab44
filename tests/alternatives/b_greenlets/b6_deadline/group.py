"""A gevent group is joined with a time limit, then killed; outcomes are read off the raw greenlets."""

from dataclasses import dataclass
from typing import Any

import gevent
from gevent.pool import Group


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
    group = Group()
    greenlets = {name: group.spawn(task) for name, task in tasks.items()}
    group.join(timeout=seconds)
    group.kill()
    outcomes = {}
    for name, greenlet in greenlets.items():
        if greenlet.exception is not None:
            outcomes[name] = Failed(greenlet.exception)
        elif isinstance(greenlet.value, gevent.GreenletExit):
            outcomes[name] = Abandoned()
        else:
            outcomes[name] = Finished(greenlet.value)
    return outcomes
