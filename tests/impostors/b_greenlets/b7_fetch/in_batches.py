"""Takes the addresses in batches of `limit`: a slow page holds up the next batch.

Caught by: test_as_soon_as_one_is_over_the_next_begins
"""

from gevent import monkey

monkey.patch_all()

from urllib.request import urlopen  # noqa: E402

import gevent  # noqa: E402


def fetch_one(url, timeout):
    with gevent.Timeout(timeout, False):
        try:
            with urlopen(url) as response:
                return response.read()
        except Exception as error:
            return error
    return TimeoutError(f"{url}: not within {timeout} s")


def fetch_all(urls, limit, timeout):
    urls, answers = list(dict.fromkeys(urls)), {}
    for start in range(0, len(urls), limit):
        jobs = {url: gevent.spawn(fetch_one, url, timeout) for url in urls[start : start + limit]}
        gevent.joinall(list(jobs.values()))
        answers.update({url: job.value for url, job in jobs.items()})
    return answers
