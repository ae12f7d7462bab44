"""Gives its place back when the headers have come, and reads the body afterwards.

Caught by: test_never_more_than_limit_requests_are_in_flight
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.lock import Semaphore  # noqa: E402


def fetch_all(urls, limit, timeout):
    turns = Semaphore(limit)

    def fetch(url):
        turns.acquire()
        held = True
        with gevent.Timeout(timeout, False):
            try:
                with urlopen(url) as response:
                    turns.release()
                    held = False
                    return response.read()
            except Exception as error:
                return error
            finally:
                if held:
                    turns.release()
        return TimeoutError("too late")

    jobs = {url: gevent.spawn(fetch, url) for url in set(urls)}
    gevent.joinall(list(jobs.values()))
    return {url: job.value for url, job in jobs.items()}
