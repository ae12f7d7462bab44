"""Reads the value of a failed greenlet, which is None, and reports the task as finished.

Caught by: test_a_task_that_raises_has_failed_and_the_others_go_on
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
        name: Abandoned()
        if isinstance(greenlet.value, gevent.GreenletExit)
        else Finished(greenlet.value)
        for name, greenlet in greenlets.items()
    }
