"""Gives the killed tasks one second to clean up, then returns: a clean-up that takes longer runs on.

Caught by: test_what_an_abandoned_task_s_finally_does_is_done_before_the_return
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
    gevent.joinall(greenlets.values(), timeout=seconds)
    gevent.killall(greenlets.values(), timeout=1)
    return {
        name: Abandoned() if isinstance(greenlet.value, gevent.GreenletExit) else greenlet.value
        for name, greenlet in greenlets.items()
    }
