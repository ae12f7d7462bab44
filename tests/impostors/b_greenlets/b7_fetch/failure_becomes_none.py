"""Reads .value of a greenlet that failed, which is None.

Caught by: test_a_failure_costs_nobody_else_anything
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        with gevent.Timeout(timeout, TimeoutError("too late")), urlopen(url) as response:
            return response.read()

    pool = Pool(limit)
    jobs = {url: pool.spawn(fetch, url) for url in dict.fromkeys(urls)}
    pool.join()
    return {url: job.value for url, job in jobs.items()}
