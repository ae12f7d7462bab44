"""Asks every sleeper at every switch whether it is due.

Caught by: test_the_cost_of_a_switch_does_not_grow_with_the_number_of_sleepers
"""

import time


def run(tasks):
    results = [None] * len(tasks)
    wake_up = dict.fromkeys(range(len(tasks)), 0.0)
    while wake_up:
        now = time.monotonic()
        due = [place for place, at in wake_up.items() if at <= now]
        if not due:
            time.sleep(min(wake_up.values()) - now)
        for place in sorted(due, key=wake_up.get):
            try:
                seconds = next(tasks[place]) or 0
                while seconds < 0:
                    seconds = tasks[place].throw(ValueError("negative")) or 0
            except StopIteration as stop:
                results[place] = stop.value
                del wake_up[place]
            except Exception as error:
                results[place] = error
                del wake_up[place]
            else:
                del wake_up[place]  # to the end of the dict: who asks last stands last
                wake_up[place] = time.monotonic() + seconds
    return results
