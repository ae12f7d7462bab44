"""A greenlet for each address from the start; a semaphore lets them pass, the clock starts behind it."""

from gevent import monkey

monkey.patch_all()

import urllib.request  # noqa: E402

from gevent import Timeout, joinall, spawn  # noqa: E402
from gevent.lock import BoundedSemaphore  # noqa: E402


def fetch_all(urls, limit, timeout):
    turns = BoundedSemaphore(limit)
    answers = {}

    def fetch(url):
        with turns:
            clock = Timeout.start_new(timeout)
            try:
                answers[url] = urllib.request.urlopen(url).read()
            except Timeout as late:
                if late is not clock:
                    raise
                answers[url] = OSError(f"{url} took too long")
            except Exception as error:
                answers[url] = error
            finally:
                clock.close()

    joinall([spawn(fetch, url) for url in set(urls)], raise_error=True)
    return answers
