"""Run ordinary blocking functions at the same time, in one thread, with gevent.

The lesson: katas/b_greenlets/b5_monkey.md
"""

# TODO: the first lines of the program make the standard library's blocking calls take turns.


def run_together(tasks: list) -> list:
    """Run all tasks at the same time and return their results in the order given.

    A task is a function without arguments that may block (`time.sleep`, a socket's `recv`, …) and
    knows nothing of gevent. If a task fails, its own exception comes out; if several do, one of
    theirs.
    """
    # TODO: a greenlet for each task, all of them started before any is waited for.
    raise NotImplementedError


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
