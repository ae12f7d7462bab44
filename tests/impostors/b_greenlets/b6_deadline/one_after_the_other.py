"""Runs the tasks one after the other until the time is up.

Caught by: test_tasks_run_at_the_same_time, test_at_the_deadline_the_unfinished_are_abandoned
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
    outcomes = dict.fromkeys(tasks, Abandoned())
    with gevent.Timeout(seconds, False):
        for name, task in tasks.items():
            outcomes[name] = outcome_of(task)
    return outcomes
