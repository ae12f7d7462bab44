"""Starts every clock at once, then lets the requests queue for their turn.

Caught by: test_waiting_for_its_turn_does_not_use_up_a_timeout
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.lock import Semaphore  # noqa: E402


def fetch_all(urls, limit, timeout):
    turns = Semaphore(limit)

    def fetch(url):
        with gevent.Timeout(timeout, False):
            try:
                with turns, urlopen(url) as response:
                    return response.read()
            except Exception as error:
                return error
        return TimeoutError("too late")

    jobs = {url: gevent.spawn(fetch, url) for url in set(urls)}
    gevent.joinall(list(jobs.values()))
    return {url: job.value for url, job in jobs.items()}
