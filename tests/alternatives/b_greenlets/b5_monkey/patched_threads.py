"""Ordinary threads, written after the patch: each of them is a greenlet of the one real thread."""

from gevent import monkey

monkey.patch_all()

import threading  # noqa: E402


def run_together(tasks):
    results, failures = [None] * len(tasks), []

    def work(place, task):
        try:
            results[place] = task()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=place) for place in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results
