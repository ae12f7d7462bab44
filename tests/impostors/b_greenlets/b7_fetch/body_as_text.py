"""Decodes the bodies, where bytes were asked for.

Caught by: test_every_address_gets_its_own_body
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        with gevent.Timeout(timeout, False):
            try:
                with urlopen(url) as response:
                    return response.read().decode("latin-1")
            except Exception as error:
                return error
        return TimeoutError("too late")

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
