"""Gives each task the whole time once more, one after the other.

Caught by: test_long_tasks_share_one_deadline
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
    for greenlet in greenlets.values():
        greenlet.join(seconds)
    gevent.killall(list(greenlets.values()))
    return {
        name: greenlet.value if isinstance(greenlet.value, (Finished, Failed)) else Abandoned()
        for name, greenlet in greenlets.items()
    }
