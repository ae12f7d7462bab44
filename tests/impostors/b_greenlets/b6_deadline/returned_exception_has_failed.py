"""Tells a failure by the type of what came back: a task that returns an exception has "failed".

Caught by: test_an_exception_that_is_returned_is_a_value
"""

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


def outcome_of(task):
    try:
        return task()
    except Exception as error:
        return error


def run_until(tasks, seconds):
    greenlets = {name: gevent.spawn(outcome_of, task) for name, task in tasks.items()}
    gevent.joinall(list(greenlets.values()), timeout=seconds)
    gevent.killall(list(greenlets.values()))
    outcomes = {}
    for name, greenlet in greenlets.items():
        if isinstance(greenlet.value, Exception):
            outcomes[name] = Failed(greenlet.value)
        elif isinstance(greenlet.value, gevent.GreenletExit):
            outcomes[name] = Abandoned()
        else:
            outcomes[name] = Finished(greenlet.value)
    return outcomes
