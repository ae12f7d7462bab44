"""Leaves the time limit to urlopen: a socket's timeout begins anew with every byte.

Caught by: test_a_drip_cannot_outlive_its_timeout
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        try:
            with urlopen(url, timeout=timeout) as response:
                return response.read()
        except Exception as error:
            return error

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
