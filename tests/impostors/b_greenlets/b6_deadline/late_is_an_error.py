"""Raises when it finds itself past the deadline, which one task that computes is enough for.

Caught by: test_a_task_that_computes_past_the_deadline_delays_it_and_breaks_nothing
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
    import time

    end = time.monotonic() + seconds
    for greenlet in greenlets.values():
        left = end - time.monotonic()
        if left < -0.1:
            raise TimeoutError("the deadline was missed")
        greenlet.join(max(0, left))
    gevent.killall(list(greenlets.values()))
    return {
        name: greenlet.value if isinstance(greenlet.value, (Finished, Failed)) else Abandoned()
        for name, greenlet in greenlets.items()
    }
