"""Spawns greenlets and patches nothing: the first request blocks all others.

Caught by: test_as_many_as_limit_are_in_flight_at_once, test_two_dozen_pages_a_dozen_at_a_time_take_two_rounds
"""

from urllib.request import urlopen

from gevent.pool import Pool


def fetch_all(urls, limit, timeout):
    def fetch(url):
        try:
            with urlopen(url, timeout=timeout) as response:
                return response.read()
        except Exception as error:
            return error

    urls = list(set(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
