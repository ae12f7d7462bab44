"""Tries again when an answer is an error: the server is asked for what it has refused, three times.

Caught by: test_an_address_that_cannot_be_fetched_is_tried_once
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        failure = TimeoutError("too late")
        with gevent.Timeout(timeout, False):
            for _ in range(3):
                try:
                    with urlopen(url) as response:
                        return response.read()
                except Exception as error:
                    failure = error
        return failure

    distinct = list(dict.fromkeys(urls))
    return dict(zip(distinct, Pool(limit).map(fetch, distinct), strict=True))
