"""Catches BaseException, by which Ctrl-C passes for a failure of the task: the program goes on.

Caught by: test_ctrl_c_is_no_tasks_outcome
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
    except gevent.GreenletExit:
        raise
    except BaseException as error:
        return Failed(error)


def run_until(tasks, seconds):
    greenlets = {name: gevent.spawn(outcome_of, task) for name, task in tasks.items()}
    gevent.joinall(greenlets.values(), timeout=seconds)
    gevent.killall(greenlets.values())
    return {
        name: Abandoned() if isinstance(greenlet.value, gevent.GreenletExit) else greenlet.value
        for name, greenlet in greenlets.items()
    }
