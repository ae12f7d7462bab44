"""Every greenlet has a Timeout of its own around its task; the caller just waits for all of them."""

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


def attempt(task, seconds):
    alarm = gevent.Timeout(seconds)
    alarm.start()
    try:
        return Finished(task())
    except gevent.Timeout as raised:
        if raised is not alarm:
            raise
        return Abandoned()
    except Exception as error:
        return Failed(error)
    finally:
        alarm.close()


def run_until(tasks, seconds):
    greenlets = [gevent.spawn(attempt, task, seconds) for task in tasks.values()]
    gevent.joinall(greenlets)
    return {name: greenlet.get() for name, greenlet in zip(tasks, greenlets, strict=True)}
