"""An AsyncResult for each call carries the value or the exception out of its greenlet."""

import gevent
from gevent.event import AsyncResult


def work(answer, function, args, kwargs):
    try:
        answer.set(function(*args, **kwargs))
    except Exception as error:
        answer.set_exception(error)


def run_all(calls):
    answers = []
    for call in calls:
        answer = AsyncResult()
        gevent.spawn(work, answer, *call)
        answers.append(answer)
    gevent.wait(answers)
    return [answer.exception or answer.value for answer in answers]
