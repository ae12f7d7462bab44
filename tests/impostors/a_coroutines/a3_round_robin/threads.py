"""Gives each task a thread: naps overlap, but not in one thread.

Caught by: test_switching_alone_saves_no_waiting
"""

from concurrent.futures import ThreadPoolExecutor


def run_to_the_end(task):
    try:
        while True:
            next(task)
    except StopIteration as stop:
        return stop.value
    except Exception as error:
        return error


def round_robin(tasks):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run_to_the_end, tasks))
