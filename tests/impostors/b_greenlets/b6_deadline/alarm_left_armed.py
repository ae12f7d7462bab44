"""Never cancels its timeout: when the deadline comes, it goes off in the caller.

Caught by: test_no_alarm_is_left_behind
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
    alarm = gevent.Timeout.start_new(seconds)
    try:
        gevent.joinall(list(greenlets.values()))
    except gevent.Timeout as raised:
        if raised is not alarm:
            raise
    gevent.killall(list(greenlets.values()))
    return {
        name: greenlet.value if isinstance(greenlet.value, (Finished, Failed)) else Abandoned()
        for name, greenlet in greenlets.items()
    }
