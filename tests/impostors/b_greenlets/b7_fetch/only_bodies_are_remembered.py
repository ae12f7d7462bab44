"""Remembers only the bodies that came: an address that fails is fetched as often as it is named.

Caught by: test_an_address_that_cannot_be_fetched_is_tried_once
"""

from gevent import monkey

monkey.patch_all()

from collections import Counter  # noqa: E402
from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch_all(urls, limit, timeout):
    answers = {}

    def fetch(pair):
        url, times = pair
        for _ in range(times):
            if isinstance(answers.get(url), bytes):
                return
            answers[url] = TimeoutError("too late")
            with gevent.Timeout(timeout, False):
                try:
                    with urlopen(url) as response:
                        answers[url] = response.read()
                except Exception as error:
                    answers[url] = error

    Pool(limit).map(fetch, Counter(urls).items())
    return answers
