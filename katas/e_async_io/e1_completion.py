"""A queue that takes blocking work and tells when each piece of it is done.

The lesson: katas/e_async_io/e1_completion.md
"""

from collections.abc import Callable
from typing import Any, NamedTuple


class Completion(NamedTuple):
    """How one submitted call ended."""

    ticket: int  # what `submit` returned for it
    result: Any = None
    error: Exception | None = None  # None if it returned


class CompletionQueue:
    """Calls run beside the caller, at most `workers` of them at once; the others wait their turn."""

    def __init__(self, workers: int = 16):
        # TODO: what is not begun, what is done and not yet taken, and how many are outstanding.
        raise NotImplementedError

    def submit(self, function: Callable[..., Any], *args: Any) -> int:
        """Have `function(*args)` called, and return a ticket at once.

        Raises RuntimeError after `close`.
        """
        raise NotImplementedError

    def wait(self, timeout: float | None) -> Completion | None:
        """The next completion, in the order in which the calls ended, or None after `timeout` seconds.

        None as `timeout` waits as long as it takes. A call that raised an Exception has completed,
        too. With nothing outstanding, that is when every completion has been taken, it returns
        None at once.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Take no more.

        What has begun finishes, and its completion can still be taken. What has not begun never
        runs and has no completion.
        """
        raise NotImplementedError


if __name__ == "__main__":
    import time

    def read(name: str, seconds: float) -> str:
        time.sleep(seconds)  # stands for the kernel, which waits for the data and copies it
        return f"the data of {name}"

    def say(sentence: str) -> None:
        print(f"{time.perf_counter() - started:.1f} s  {sentence}")

    started = time.perf_counter()
    queue = CompletionQueue()
    names = {queue.submit(read, name, seconds): name for name, seconds in (("A", 0.6), ("B", 0.3))}
    say("both submitted; free for other things")
    while done := queue.wait(None):
        say(f"told that {names[done.ticket]} is done: {done.result!r}")
    say("nothing is outstanding any more")
    queue.close()
