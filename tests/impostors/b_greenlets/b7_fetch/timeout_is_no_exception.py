"""Hands gevent's Timeout back as the value: it is a BaseException, not an Exception.

Caught by: test_a_hung_server_costs_only_its_own_time
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        try:
            with gevent.Timeout(timeout), urlopen(url) as response:
                return response.read()
        except (Exception, gevent.Timeout) as error:
            return error

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
