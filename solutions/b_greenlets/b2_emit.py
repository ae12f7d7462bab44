"""Turn a function that hands out values, from however deep in its calls, into an iterator.

The lesson: katas/b_greenlets/b2_emit.md
"""

from collections.abc import Callable, Iterator
from typing import Any

from greenlet import getcurrent, greenlet


def emit(value: Any) -> None:
    # It knows neither the greenlet nor the iterator. Kept by the function that waits in it, such a
    # reference would be a cycle through a paused stack, and those the garbage collector cannot see.
    getcurrent().parent.switch(value)


def iterate(function: Callable[..., Any], *args: Any) -> Iterator[Any]:
    """Return an iterator over the values that `function(emit, *args)` hands to `emit`.

    `function` is an ordinary one, and so are the functions that it calls: each of them may call
    `emit(value)` with any value. The function runs only while a value is asked for, and waits
    inside `emit` in between. Its exception comes out of `next`; what it returns is ignored.

    When the last reference to an unfinished iterator is dropped, the function is ended where it
    waits, and its `finally` blocks run.
    """
    producer = greenlet(lambda: function(emit, *args))
    try:
        while True:
            producer.parent = getcurrent()  # whoever asks now gets the value, or the exception
            value = producer.switch()
            if producer.dead:  # no value tells the end: any value may be emitted
                return
            yield value
    finally:
        producer.parent = getcurrent()
        producer.throw()  # GreenletExit, inside the emit in which the function waits


if __name__ == "__main__":

    def flatten(emit: Callable[[Any], None], parts: list) -> None:
        print(f"  flatten enters {parts}")
        try:
            for part in parts:
                if isinstance(part, list):
                    flatten(emit, part)
                else:
                    print(f"  flatten emits {part}")
                    emit(part)
        finally:
            print(f"  flatten leaves {parts}")

    for number in iterate(flatten, [1, [2, [3, 4]], 5]):
        print(f"the loop got {number}")
        if number == 3:
            print("the loop has had enough")
            break
