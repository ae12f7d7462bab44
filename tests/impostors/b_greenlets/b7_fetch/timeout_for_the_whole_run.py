"""One clock for all: whoever has not been answered when it is over has failed.

Caught by: test_waiting_for_its_turn_does_not_use_up_a_timeout
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402
from gevent.pool import Pool  # noqa: E402


def fetch(url):
    try:
        with urlopen(url) as response:
            return response.read()
    except Exception as error:
        return error


def fetch_all(urls, limit, timeout):
    pool = Pool(limit)
    with gevent.Timeout(timeout, False):
        jobs = {}
        for url in urls:
            if url not in jobs:
                jobs[url] = pool.spawn(fetch, url)
        pool.join()
    pool.kill()
    late = TimeoutError("too late")
    return {
        url: jobs[url].value if url in jobs and jobs[url].value is not None else late
        for url in urls
    }
