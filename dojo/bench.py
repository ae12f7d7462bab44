"""What a call of the mechanism costs, and what the reference servers cost beside others: `tox -e bench`.

A call is a scenario that does nothing, start and end of its child process included. `tox -e bench -- calls` and
`tox -e bench -- servers` do one of the two. Ends with 1 if a budget is overrun or a target missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from dojo import race
from dojo.failures import Failure
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


def calls() -> bool:
    """Print the table; whether every budget was kept."""
    kept = True
    print(f"one call of the mechanism, {CALLS} calls each      fastest   median   budget")
    for kata_id, budget in BUDGETS.items():
        times = cost(kata_id)
        median = statistics.median(times)
        kept &= median <= budget
        kind = "beside gevent's patch" if kata_id == "b5" else "beside a plain kata"
        print(
            f"{kata_id}  {kind:<38}{times[0] * 1000:5.0f} ms {median * 1000:5.0f} ms {budget * 1000:5.0f} ms"
        )
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m dojo.bench")
    parser.add_argument("part", nargs="?", choices=("calls", "servers"), help="only this one")
    part = parser.parse_args().part
    kept = part == "servers" or calls()
    try:
        met = part == "calls" or race.main()
    except Failure as failure:
        sys.exit(f"A server failed in the race: {failure}")
    return 0 if kept and met else 1


if __name__ == "__main__":
    sys.exit(main())
