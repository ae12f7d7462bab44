"""Gives each task a thread that sleeps: naps overlap, but not in one thread.

Caught by: test_all_runs_in_the_callers_thread
"""

import threading
import time


def run(tasks):
    results = [None] * len(tasks)

    def live(place, task):
        try:
            seconds = next(task) or 0
            while True:
                if seconds < 0:
                    seconds = task.throw(ValueError("negative")) or 0
                else:
                    time.sleep(seconds)
                    seconds = next(task) or 0
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=live, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
