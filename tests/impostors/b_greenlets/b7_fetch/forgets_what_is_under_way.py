"""Fetches an address again while its first request is still under way.

Caught by: test_an_address_named_twice_is_fetched_once
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_one(url, timeout):
    with gevent.Timeout(timeout, False):
        try:
            with urlopen(url) as response:
                return response.read()
        except Exception as error:
            return error
    return TimeoutError(f"{url}: not within {timeout} s")


def fetch_all(urls, limit, timeout):
    answers = {}

    def fetch(url):
        if url not in answers:
            answers[url] = fetch_one(url, timeout)

    Pool(limit).map(fetch, urls)
    return answers
