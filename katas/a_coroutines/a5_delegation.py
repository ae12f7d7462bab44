"""Everything that `yield from` does, written without it.

The lesson: katas/a_coroutines/a5_delegation.md
"""

from collections.abc import Generator, Iterator
from typing import Any


def delegate(subgenerator: Iterator[Any]) -> Generator[Any, Any, Any]:
    """A new generator that behaves as if its whole body were: return, yield from, `subgenerator`.

    Values come out, sent values and thrown exceptions go in, and what the subgenerator returns is
    returned. Closing it closes the subgenerator. The subgenerator may be any iterator: one that has
    no `throw` or `close` is simply left where it is; one that has no `send` takes only None.
    """
    # TODO: a loop that yields, then passes on whatever came in at that yield.
    raise NotImplementedError


if __name__ == "__main__":

    def average() -> Generator[float, float, str]:
        total, count = 0.0, 0
        try:
            while True:
                number = yield total / max(count, 1)
                if number is None:
                    return f"{count} numbers"
                total, count = total + number, count + 1
        except ValueError as error:
            return f"stopped by {error!r} after {count} numbers"
        finally:
            print("average: cleaned up")

    through = delegate(average())
    print("first value:", next(through))
    for number in (10, 20, 60):
        print(f"sent {number}, the average is {through.send(number):.0f}")
    try:
        through.throw(ValueError("enough"))
    except StopIteration as stop:
        print("returned:", stop.value)

    through = delegate(average())
    next(through)
    print("and closing:")
    through.close()
