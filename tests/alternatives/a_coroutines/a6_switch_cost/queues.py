"""A deque of generators as in a3; threads that pass a ball through queues, made with _thread."""

import _thread
import queue
import time
from collections import deque


def ping_pong_generators(rounds, hit):
    def player(word, left):
        while left:
            left -= 1
            hit(word)
            yield word

    started = time.perf_counter()
    waiting = deque([player("ping", rounds), player("pong", rounds)])
    while waiting:
        for _ in waiting[0]:
            waiting.rotate(-1)
            break
        else:
            waiting.popleft()
    return (time.perf_counter() - started) / (2 * rounds)


def ping_pong_threads(rounds, hit):
    here, there, done = queue.Queue(), queue.SimpleQueue(), _thread.allocate_lock()
    done.acquire()

    def pong():
        while (word := there.get()) is not None:
            hit("pong")
            here.put(word)
        done.release()

    _thread.start_new_thread(pong, ())
    started = time.perf_counter()
    for _ in range(rounds):
        hit("ping")
        there.put("ball")
        here.get()
    elapsed = time.perf_counter() - started
    there.put(None)
    done.acquire()
    return elapsed / (2 * rounds)
