"""Takes the greenlets as they come in and puts each result into its own place."""

import gevent.monkey

gevent.monkey.patch_all()


def run_together(tasks):
    places = {gevent.spawn(task): place for place, task in enumerate(tasks)}
    results = [None] * len(places)
    for job in gevent.iwait(list(places)):
        results[places[job]] = job.get()
    return results
