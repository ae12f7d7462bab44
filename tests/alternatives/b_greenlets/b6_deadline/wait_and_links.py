"""A Greenlet class that keeps its own outcome, gevent.wait with a time-out, and kill one by one."""

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


class Job(gevent.Greenlet):
    outcome = Abandoned()

    def __init__(self, task):
        super().__init__()
        self.task = task

    def _run(self):
        try:
            self.outcome = Finished(self.task())
        except Exception as error:
            self.outcome = Failed(error)


def run_until(tasks, seconds):
    jobs = {name: Job(task) for name, task in tasks.items()}
    for job in jobs.values():
        job.start()
    late = set(jobs.values()) - set(gevent.wait(list(jobs.values()), timeout=seconds))
    for job in late:
        job.kill(block=False)
    for job in late:
        job.join()
    return {name: job.outcome for name, job in jobs.items()}
