"""Takes a task that was killed before it could begin for one that returned its GreenletExit.

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


KNOWN = (Finished, Failed, Abandoned)


def outcome_of(task):
    try:
        return Finished(task())
    except Exception as error:
        return Failed(error)
    except gevent.GreenletExit:
        return Abandoned()


def run_until(tasks, seconds):
    greenlets = {name: gevent.spawn(outcome_of, task) for name, task in tasks.items()}
    gevent.joinall(list(greenlets.values()), timeout=seconds)
    gevent.killall(list(greenlets.values()))
    return {
        name: greenlet.value if type(greenlet.value) in KNOWN else Finished(greenlet.value)
        for name, greenlet in greenlets.items()
    }
