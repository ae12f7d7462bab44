"""Reports a killed task as finished: gevent counts it as successful, its value is GreenletExit.

Caught by: test_at_the_deadline_the_unfinished_are_abandoned
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
    return {
        name: Finished(greenlet.value) if greenlet.successful() else Failed(greenlet.exception)
        for name, greenlet in greenlets.items()
    }
