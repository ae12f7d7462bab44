"""Tasks write their outcome into the answer; a Timeout around one wait; what is missing then is ended one by one."""

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


def run_until(tasks, seconds):
    outcomes = {}

    def work(name, task):
        try:
            value = task()
        except Exception as error:
            outcomes[name] = Failed(error)
        else:
            outcomes[name] = Finished(value)

    greenlets = {name: gevent.spawn(work, name, task) for name, task in tasks.items()}
    with gevent.Timeout(seconds, False):
        for greenlet in greenlets.values():
            greenlet.join()
    for name, greenlet in greenlets.items():
        greenlet.kill()
        outcomes.setdefault(name, Abandoned())
    return outcomes
