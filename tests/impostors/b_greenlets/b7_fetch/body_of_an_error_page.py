"""Passes the body of an error page off as the page.

Caught by: test_a_failure_costs_nobody_else_anything
"""

from gevent import monkey

monkey.patch_all()

from urllib.error import HTTPError  # noqa: E402
from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        with gevent.Timeout(timeout, False):
            try:
                with urlopen(url) as response:
                    return response.read()
            except HTTPError as error:
                return error.read()
            except Exception as error:
                return error
        return TimeoutError("too late")

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
