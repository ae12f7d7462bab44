"""A greenlet class with its own _run, started by hand; an event tells when the last has ended."""

from gevent import monkey

monkey.patch_all()

from gevent import Greenlet  # noqa: E402
from gevent.event import Event  # noqa: E402


class Job(Greenlet):
    def __init__(self, task):
        super().__init__()
        self.task = task

    def _run(self):
        return self.task()


def run_together(tasks):
    jobs = [Job(task) for task in tasks]
    running, over = set(jobs), Event()

    def ended(job):
        running.discard(job)
        if not running:
            over.set()

    for job in jobs:
        job.link(ended)
        job.start()
    if jobs:
        over.wait()
    return [job.get() for job in jobs]
