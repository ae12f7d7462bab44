"""Fetches one page after the other: the limit is never used.

Caught by: test_as_many_as_limit_are_in_flight_at_once, test_two_dozen_pages_a_dozen_at_a_time_take_two_rounds
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
    return {url: fetch_one(url, timeout) for url in set(urls)}
