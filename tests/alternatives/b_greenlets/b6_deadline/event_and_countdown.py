"""An event is set by the last task to end, and waited for with a time limit."""

from dataclasses import dataclass
from typing import Any

import gevent
from gevent import Greenlet
from gevent.event import Event


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
    outcomes, over = dict.fromkeys(tasks), Event()

    def ended(greenlet):
        if all(other.dead for other in greenlets):
            over.set()

    greenlets = []
    for name, task in tasks.items():
        greenlet = Greenlet(task)
        greenlet.name = name
        greenlet.link(ended)
        greenlets.append(greenlet)
    for greenlet in greenlets:
        greenlet.start()
    if greenlets:
        over.wait(seconds)
    for greenlet in greenlets:
        greenlet.kill(block=False)
    for greenlet in greenlets:
        greenlet.join()
        if not greenlet.successful():
            outcomes[greenlet.name] = Failed(greenlet.exception)
        elif isinstance(greenlet.value, gevent.GreenletExit):
            outcomes[greenlet.name] = Abandoned()
        else:
            outcomes[greenlet.name] = Finished(greenlet.value)
    return outcomes
