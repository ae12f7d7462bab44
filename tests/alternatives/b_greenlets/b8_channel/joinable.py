"""A joinable queue whose workers never end by themselves; the caller is the producer."""

from gevent import killall, spawn, wait
from gevent.event import AsyncResult
from gevent.queue import JoinableQueue


def pipeline(source, work, workers, capacity):
    channel, results, outcome = JoinableQueue(capacity), {}, AsyncResult()

    def worker():
        while not outcome.ready():
            place, item = channel.get()
            try:
                results[place] = work(item)
            except Exception as error:
                outcome.set_exception(error)
                return
            finally:
                channel.task_done()

    def producer():
        try:
            for place, item in enumerate(source):
                if outcome.ready():
                    return
                channel.put((place, item))
            channel.join()
            if not outcome.ready():
                outcome.set(None)
        except Exception as error:
            outcome.set_exception(error)

    crew = [spawn(worker) for _ in range(workers)]
    crew.append(spawn(producer))
    wait([outcome])
    killall(crew)
    outcome.get()
    return [results[place] for place in range(len(results))]
