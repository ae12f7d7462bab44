"""Reports a task that raised as abandoned.

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


def outcome_of(task):
    return Finished(task())


def run_until(tasks, seconds):
    greenlets = {name: gevent.spawn(outcome_of, task) for name, task in tasks.items()}
    gevent.joinall(list(greenlets.values()), timeout=seconds)
    gevent.killall(list(greenlets.values()))
    return {
        name: greenlet.value if isinstance(greenlet.value, (Finished, Failed)) else Abandoned()
        for name, greenlet in greenlets.items()
    }
