"""What a call of the mechanism costs: `tox -e bench`.

Prints the median time of a scenario that does nothing, start and end of its child process included.
"""

from __future__ import annotations

import statistics
import sys
import time

from dojo.katas import Curriculum
from dojo.scenarios import Run
from dojo.submission import Submission

CALLS = 25
BUDGETS = {
    "a1": 0.060,
    "b5": 0.180,
}  # seconds: a plain kata, and one that imports and patches with gevent


def cost(kata_id: str) -> list[float]:
    """Seconds of each of CALLS calls beside the kata's reference, sorted."""
    kata = Curriculum().find(kata_id)
    run = Run(Submission(kata, kata.solution))
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        run(lambda kata: None)
        times.append(time.perf_counter() - began)
    return sorted(times)


def main() -> int:
    over = False
    print(f"one call of the mechanism, {CALLS} calls each      fastest   median   budget")
    for kata_id, budget in BUDGETS.items():
        times = cost(kata_id)
        median = statistics.median(times)
        over |= median > budget
        kind = "beside gevent's patch" if kata_id == "b5" else "beside a plain kata"
        print(
            f"{kata_id}  {kind:<38}{times[0] * 1000:5.0f} ms {median * 1000:5.0f} ms {budget * 1000:5.0f} ms"
        )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
