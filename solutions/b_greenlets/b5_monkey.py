"""Run ordinary blocking functions at the same time, in one thread, with gevent.

The lesson: katas/b_greenlets/b5_monkey.md
"""

import gevent
from gevent import monkey

# Before anything else is imported: who looks time.sleep up earlier keeps the one that blocks.
monkey.patch_all()


def run_together(tasks: list) -> list:
    """Run all tasks at the same time and return their results in the order given.

    A task is a function without arguments that may block (`time.sleep`, a socket's `recv`, …) and
    knows nothing of gevent. If a task fails, its own exception comes out; if several do, one of
    theirs.
    """
    failures = []

    def guarded(task):
        # An exception that leaves a greenlet is printed by gevent's hub, so none may leave it.
        try:
            return task()
        except Exception as error:
            failures.append(error)

    greenlets = [gevent.spawn(guarded, task) for task in tasks]
    gevent.joinall(greenlets)
    if failures:
        raise failures[0]
    return [greenlet.value for greenlet in greenlets]


if __name__ == "__main__":
    import time
    from functools import partial

    def eat(name: str) -> None:
        print(f"{name} eat 1")
        time.sleep(2)
        print(f"{name} eat 2")

    def play(name: str) -> None:
        print(f"{name} play 1")
        time.sleep(2)
        print(f"{name} play 2")

    started = time.perf_counter()
    run_together([partial(eat, "Ada"), partial(play, "Ada")])
    print(f"together: {time.perf_counter() - started:.1f} s")
