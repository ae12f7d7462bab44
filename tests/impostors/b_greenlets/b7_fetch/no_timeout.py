"""Has no time limit at all: a server that hangs is waited for.

Caught by: test_a_hung_server_costs_only_its_own_time, test_a_drip_cannot_outlive_its_timeout
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        try:
            with urlopen(url) as response:
                return response.read()
        except Exception as error:
            return error

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
