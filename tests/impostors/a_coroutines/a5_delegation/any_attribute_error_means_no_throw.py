"""Takes an AttributeError that rises in the subgenerator for the missing throw of a plain iterator.

Caught by: test_the_subgenerator_may_answer_with_another_exception[AttributeError]
"""

from collections.abc import Generator, Iterator
from typing import Any


def delegate(subgenerator: Iterator[Any]) -> Generator[Any, Any, Any]:
    """A new generator that behaves as if its whole body were: return, yield from, `subgenerator`."""
    inner = iter(subgenerator)
    try:
        outgoing = next(inner)
        while True:
            try:
                incoming = yield outgoing
            except GeneratorExit:
                if hasattr(inner, "close"):
                    inner.close()
                raise
            except BaseException as error:
                trouble = error
            else:
                outgoing = next(inner) if incoming is None else inner.send(incoming)
                continue
            try:
                outgoing = inner.throw(trouble)
            except AttributeError:  # a plain iterator has no throw
                raise trouble from None
    except StopIteration as stop:
        return stop.value
