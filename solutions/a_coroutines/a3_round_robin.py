"""Run many generators in one thread: everybody takes one step, turn after turn.

The lesson: katas/a_coroutines/a3_round_robin.md
"""

import time
from collections import deque
from collections.abc import Generator
from typing import Any

Task = Generator[Any, None, Any]  # pauses at each yield; what it yields means nothing here


def round_robin(tasks: list[Task]) -> list[Any]:
    """Run all tasks, each one step per turn, until the last has ended; one result each, in the order given.

    A step goes from one `yield` to the next. A task's result is the value that it returns, or, when
    an Exception leaves it, that Exception; the other tasks go on. A task that has ended costs
    nothing any more.
    """
    results: list[Any] = [None] * len(tasks)
    # A deque gives and takes at both ends at the same price; list.pop(0) moves all the others.
    waiting = deque(enumerate(tasks))
    while waiting:
        place, task = waiting.popleft()
        try:
            next(task)
        # `return value` in a generator arrives as StopIteration(value).
        except StopIteration as stop:
            results[place] = stop.value
        # Not BaseException: Ctrl-C is no task's result.
        except Exception as error:
            results[place] = error
        else:
            waiting.append((place, task))
    return results


if __name__ == "__main__":

    def climb(name: str, floors: int) -> Task:
        for floor in range(1, floors + 1):
            print(f"{name}: floor {floor}")
            yield
        return f"{name} is on the roof"

    print(*round_robin([climb("red", 3), climb("green", 1), climb("blue", 2)]), sep=", ")

    def nap(name: str) -> Task:
        yield
        time.sleep(0.2)
        print(f"{name}: slept 0.2 s")
        yield

    started = time.perf_counter()
    round_robin([nap("red"), nap("green"), nap("blue")])
    print(f"three naps of 0.2 s, in turns: {time.perf_counter() - started:.1f} s")
