"""Sleeps until the deadline, though all tasks may be done long before.

Caught by: test_it_returns_as_soon_as_all_are_done, test_no_tasks_no_outcomes_and_no_waiting
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
        return Finished(task())
    except Exception as error:
        return Failed(error)


def run_until(tasks, seconds):
    greenlets = {name: gevent.spawn(outcome_of, task) for name, task in tasks.items()}
    gevent.sleep(seconds)
    gevent.killall(list(greenlets.values()))
    return {
        name: greenlet.value if isinstance(greenlet.value, (Finished, Failed)) else Abandoned()
        for name, greenlet in greenlets.items()
    }
