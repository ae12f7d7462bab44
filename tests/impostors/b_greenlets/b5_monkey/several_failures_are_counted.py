"""One failure comes out as it was raised; of several there comes only a RuntimeError with their number.

Caught by: test_of_several_failures_one_comes_out_as_it_was_raised
"""

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402


def _guarded(task, failures: list):
    try:
        return task()
    except Exception as error:
        failures.append(error)
        return None


def run_together(tasks: list) -> list:
    """Run all tasks at the same time and return their results in the order given."""
    failures: list = []
    greenlets = [gevent.spawn(_guarded, task, failures) for task in tasks]
    gevent.joinall(greenlets)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise RuntimeError(
            f"{len(failures)} tasks failed, the first with {failures[0]!r}"
        ) from failures[0]
    return [greenlet.value for greenlet in greenlets]
