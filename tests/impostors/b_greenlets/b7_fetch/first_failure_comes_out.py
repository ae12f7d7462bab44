"""Lets the first failure out of the call: the answers of all others are lost.

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

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
