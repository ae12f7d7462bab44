"""Kills with an Exception of its own, which a task may take for one of its failures.

Caught by: test_a_task_that_catches_every_exception_is_ended_too
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
    except DeadlineError:
        return Abandoned()
    except Exception as error:
        return Failed(error)


class DeadlineError(Exception):
    pass


def run_until(tasks, seconds):
    greenlets = {name: gevent.spawn(outcome_of, task) for name, task in tasks.items()}
    gevent.joinall(list(greenlets.values()), timeout=seconds)
    gevent.killall(list(greenlets.values()), exception=DeadlineError, block=False)
    gevent.joinall(list(greenlets.values()), timeout=1)
    return {
        name: greenlet.value if isinstance(greenlet.value, (Finished, Failed)) else Abandoned()
        for name, greenlet in greenlets.items()
    }
