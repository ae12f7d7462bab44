"""Kills the unfinished tasks and does not wait: their clean-up comes after the return.

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
    gevent.joinall(list(greenlets.values()), timeout=seconds)
    gevent.killall(list(greenlets.values()), block=False)
    return {
        name: greenlet.value if isinstance(greenlet.value, (Finished, Failed)) else Abandoned()
        for name, greenlet in greenlets.items()
    }
