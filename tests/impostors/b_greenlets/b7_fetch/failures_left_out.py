"""Leaves out of the result whatever could not be fetched.

Caught by: test_a_failure_costs_nobody_else_anything, test_a_hung_server_costs_only_its_own_time
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
    urls = list(dict.fromkeys(urls))
    answers = Pool(limit).map(lambda url: fetch_one(url, timeout), urls)
    return {
        url: answer
        for url, answer in zip(urls, answers, strict=True)
        if not isinstance(answer, Exception)
    }
