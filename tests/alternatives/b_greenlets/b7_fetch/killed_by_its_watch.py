"""Each request is a greenlet of its own, joined for `timeout` seconds and then killed; one iterator hands them out."""

from gevent import monkey

monkey.patch_all()

from urllib import request  # noqa: E402

import gevent  # noqa: E402


def get(url):
    try:
        with request.urlopen(url) as response:
            return response.read()
    except Exception as error:
        return error


def fetch_all(urls, limit, timeout):
    waiting, answers = iter(set(urls)), {}

    def worker():
        for url in waiting:
            one = gevent.spawn(get, url)
            one.join(timeout)
            one.kill()
            late = isinstance(one.value, gevent.GreenletExit)
            answers[url] = TimeoutError(f"{url}: too late") if late else one.value

    gevent.joinall([gevent.spawn(worker) for _ in range(limit)], raise_error=True)
    return answers
