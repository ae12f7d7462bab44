"""A Greenlet class with its own _run, which keeps the outcome in an attribute; linked callbacks count them off."""

import gevent
from gevent.queue import Queue


class Calling(gevent.Greenlet):
    outcome = None

    def __init__(self, function, args, kwargs):
        super().__init__()
        self.function, self.args_, self.kwargs_ = function, args, kwargs

    def _run(self):
        try:
            self.outcome = self.function(*self.args_, **self.kwargs_)
        except Exception as error:
            self.outcome = error


def run_all(calls):
    ended, callings = Queue(), [Calling(*call) for call in calls]
    for calling in callings:
        calling.link(ended.put)
        calling.start()
    for _ in callings:
        ended.get()
    return [calling.outcome for calling in callings]
