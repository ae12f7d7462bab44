"""Looks at the clock between reads of the body: the headers may drip for ever.

Caught by: test_a_drip_cannot_outlive_its_timeout
"""

from gevent import monkey

monkey.patch_all()

import time  # noqa: E402
from urllib.request import urlopen  # noqa: E402

from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    def fetch(url):
        deadline, body = time.monotonic() + timeout, b""
        try:
            with urlopen(url, timeout=timeout) as response:
                while data := response.read1(65536):
                    body += data
                    if time.monotonic() > deadline:
                        raise TimeoutError("too late")
            return body
        except Exception as error:
            return error

    urls = list(dict.fromkeys(urls))
    return dict(zip(urls, Pool(limit).map(fetch, urls), strict=True))
