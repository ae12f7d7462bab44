"""Spawns a greenlet for every address at once: the limit is not looked at.

Caught by: test_never_more_than_limit_requests_are_in_flight
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402


def fetch_one(url, timeout):
    with gevent.Timeout(timeout, False):
        try:
            with urlopen(url) as response:
                return response.read()
        except Exception as error:
            return error
    return TimeoutError(f"{url}: not within {timeout} s")


def fetch_all(urls, limit, timeout):
    jobs = {url: gevent.spawn(fetch_one, url, timeout) for url in set(urls)}
    gevent.joinall(list(jobs.values()))
    return {url: job.value for url, job in jobs.items()}
