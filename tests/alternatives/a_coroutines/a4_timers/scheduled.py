"""The scheduler of the standard library keeps the times; each wake-up is an event of it."""

import sched
import time


def run(tasks):
    results = {}
    events = sched.scheduler(time.perf_counter, time.sleep)

    def resume(place, ask, *args):
        try:
            seconds = ask(*args)
        except StopIteration as stop:
            results[place] = stop.value
        except Exception as error:
            results[place] = error
        else:
            if seconds is not None and seconds < 0:
                resume(place, tasks[place].throw, ValueError(seconds))
            else:
                events.enter(seconds or 0, 0, resume, (place, next, tasks[place]))

    for place, task in enumerate(tasks):
        events.enterabs(float("-inf"), place, resume, (place, next, task))
    events.run()
    return [results[place] for place in range(len(tasks))]
