"""Stops waiting for a late request and leaves it running, its connection open.

Caught by: test_a_request_that_is_given_up_is_ended
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch(url):
    try:
        with urlopen(url) as response:
            return response.read()
    except Exception as error:
        return error


def fetch_all(urls, limit, timeout):
    def with_limit(url):
        try:
            return gevent.spawn(fetch, url).get(timeout=timeout)
        except gevent.Timeout:
            return TimeoutError("too late")

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(with_limit, urls), strict=True))
