"""Takes the value None for "not finished".

Caught by: test_values_of_tasks_that_finish
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


def run_until(tasks, seconds):
    greenlets = {name: gevent.spawn(task) for name, task in tasks.items()}
    gevent.joinall(list(greenlets.values()), timeout=seconds)
    gevent.killall(list(greenlets.values()))
    outcomes = {}
    for name, greenlet in greenlets.items():
        if greenlet.exception is not None:
            outcomes[name] = Failed(greenlet.exception)
        elif greenlet.value is None or isinstance(greenlet.value, gevent.GreenletExit):
            outcomes[name] = Abandoned()
        else:
            outcomes[name] = Finished(greenlet.value)
    return outcomes
