"""Stops waiting at the first failure: the others are abandoned long before the deadline.

Caught by: test_a_task_that_raises_has_failed_and_the_others_go_on
"""

import contextlib
from dataclasses import dataclass
from typing import Any

import gevent


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
    greenlets = {name: gevent.spawn(task) for name, task in tasks.items()}
    with contextlib.suppress(Exception):
        gevent.joinall(list(greenlets.values()), timeout=seconds, raise_error=True)
    gevent.killall(list(greenlets.values()))
    outcomes = {}
    for name, greenlet in greenlets.items():
        if isinstance(greenlet.value, gevent.GreenletExit):
            outcomes[name] = Abandoned()
        elif greenlet.successful():
            outcomes[name] = Finished(greenlet.value)
        else:
            outcomes[name] = Failed(greenlet.exception)
    return outcomes
