"""The standard library's thread pool, written after the patch: its threads are greenlets."""

from gevent import monkey

monkey.patch_all()

from concurrent.futures import ThreadPoolExecutor  # noqa: E402
from urllib.request import urlopen  # noqa: E402

from gevent.timeout import Timeout  # noqa: E402


class Late(Exception):
    pass


def fetch_all(urls, limit, timeout):
    def fetch(url):
        try:
            with Timeout(timeout, Late), urlopen(url, timeout=timeout * 2) as response:
                return response.read()
        except Exception as error:
            return error

    with ThreadPoolExecutor(max_workers=limit) as pool:
        futures = {}
        for url in urls:
            if url not in futures:
                futures[url] = pool.submit(fetch, url)
        return {url: future.result() for url, future in futures.items()}
