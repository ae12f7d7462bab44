"""Writes `seconds or None`: a deadline of 0 becomes no deadline at all.

Caught by: test_a_deadline_of_no_seconds_is_one
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
    gevent.joinall(greenlets.values(), timeout=seconds or None)
    gevent.killall(greenlets.values())
    return {
        name: Abandoned() if isinstance(greenlet.value, gevent.GreenletExit) else greenlet.value
        for name, greenlet in greenlets.items()
    }
