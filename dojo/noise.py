"""Every verdict again on a machine that is as noisy as can be: `tox -e noise`.

1. The reference, every right solution and every impostor of each kata is judged; of an impostor only the tests that it
   names. A right solution that is red is a false verdict; so is an impostor that one of its tests lets pass, or that is
   red for another reason than an assertion (a time limit counts only where hanging is the mistake).
2. Meanwhile all cores are oversubscribed fourfold by processes that never wait, random pauses hit judge and children
   (dojo/pauses.py), and the clocks of both move in steps of 15 ms (dojo/inside/preludes.py).
3. The seed is printed first: `--seed` brings the same files in the same order, and the same chances for pauses.
4. Nothing stays behind: the busy processes and the noise-makers watch this one, and end when it is gone.

    python -m dojo.noise [--sample 0.1] [--minutes N] [--rounds N] [--only right] [--seed N] [--write FILE] [ID …]
"""

from __future__ import annotations

import argparse
import datetime
import math
import os
import platform
import random
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dojo.console import say, shown
from dojo.inside.preludes import TICK
from dojo.katas import Curriculum, Kata, UnknownKata
from dojo.pauses import BUDGET, EXEMPT, PAUSE, Peace, disturb
from dojo.proofs import Impostor, judge, processes
from dojo.tables import table

FOLD = 4  # busy processes for each core
AT_ONCE = 3  # suites for each core, which mostly wait
LIMIT = 900  # seconds for one suite, which takes a minute at most when nothing disturbs it
KINDS = ("reference", "alternative", "impostor")

BUSY = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
while os.getppid() == int(sys.argv[1]):
    for _ in range(100_000):
        pass
"""


@contextmanager
def busy_cores(processes: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many processes that only compute, as nice as this one. They end with the block, or when this process does."""
    command = [sys.executable, "-I", "-S", "-c", BUSY, str(os.getpid())]
    busy = [subprocess.Popen(command) for _ in range(processes)]
    try:
        yield busy
    finally:
        for process in busy:
            process.kill()
        for process in busy:
            process.wait()


@dataclass(frozen=True)
class Case:
    """One file and what it is: a kind of KINDS."""

    kata: Kata
    kind: str
    file: Path


@dataclass(frozen=True)
class FalseVerdict:
    """A verdict that is wrong: what `test` said of the case."""

    case: Case
    test: str
    message: str
    seed: str


@dataclass
class Tally:
    """What a run came to. `runs` and `false` by kata and kind."""

    runs: Counter[tuple[str, str]] = field(default_factory=Counter)
    false: Counter[tuple[str, str]] = field(default_factory=Counter)
    pauses: int = 0
    paused: float = 0.0  # seconds
    seconds: float = 0.0  # of the whole run

    def add(self, result: Result) -> None:
        key = (result.case.kata.id, result.case.kind)
        self.runs[key] += 1
        self.false[key] += bool(result.false)
        self.pauses += result.pauses
        self.paused += result.paused


@dataclass(frozen=True)
class Result:
    case: Case
    false: list[FalseVerdict]
    pauses: int
    paused: float


def cases(
    katas: Sequence[Kata], kinds: Sequence[str], part: float, chance: random.Random
) -> list[Case]:
    """This part of the files of each kind and kata (at least one), in random order."""
    chosen = []
    for kata in katas:
        files = {
            "reference": [kata.solution],
            "alternative": sorted(kata.alternatives.glob("*.py")),
            "impostor": sorted(kata.impostors.glob("*.py")),
        }
        for kind in kinds:
            some = chance.sample(files[kind], math.ceil(part * len(files[kind])))
            chosen += [Case(kata, kind, file) for file in some]
    chance.shuffle(chosen)
    return chosen


def judge_in_noise(case: Case, seed: str) -> Result:
    """Judge it among pauses and with coarse clocks; busy cores are the caller's business."""
    peace = processes.RLock()
    told, tell = processes.Pipe(duplex=False)

    @contextmanager
    def beside(pid: int) -> Iterator[None]:
        maker = processes.Process(target=disturb, args=(pid, peace, seed, tell))
        maker.start()
        try:
            yield
        finally:
            maker.terminate()  # it finishes the pause under way
            maker.join()

    impostor = Impostor.read(case.file) if case.kind == "impostor" else None
    tests = impostor.caught_by if impostor else ()
    try:
        plugins = (Peace(peace),)
        verdicts = judge(case.kata, case.file, tests, plugins=plugins, beside=beside, limit=LIMIT)
        wrong = list(_wrong(verdicts, impostor))
    except RuntimeError as error:
        wrong = [("", str(error))]
    pauses, paused = told.recv() if told.poll() else (0, 0.0)
    return Result(case, [FalseVerdict(case, *said, seed) for said in wrong], pauses, paused)


def _wrong(tests: list[dict[str, Any]], impostor: Impostor | None) -> Iterator[tuple[str, str]]:
    """Each false verdict: the test, and what it said."""
    if not tests:
        yield "", "No test ran."
    for test in tests:
        outcome, kind = test["outcome"], test["facts"].get("kind", "error")
        if outcome == "skipped":
            continue
        if impostor is None and outcome != "passed":
            yield test["name"], test["message"]
        elif impostor and outcome == "passed":
            yield test["name"], f"It is green, though: {impostor.mistake}"
        elif impostor and kind not in impostor.kinds:
            yield (
                test["name"],
                f"It is red, but by a verdict of the kind {kind!r}: {test['message']}",
            )


def make_noise(rounds: Sequence[list[Case]], seed: str, minutes: float) -> Iterator[Result]:
    """Judge all cases of each round, some at a time; none is begun when the minutes are over."""
    until = time.monotonic() + 60 * minutes
    cores = os.cpu_count() or 1

    def one(number: int, case: Case) -> Result | None:
        if time.monotonic() > until:
            return None
        return judge_in_noise(case, f"{seed} {number} {case.file.name}")

    with busy_cores(FOLD * cores):
        pool = ThreadPoolExecutor(AT_ONCE * cores)
        try:
            jobs = [pool.submit(one, n, case) for n, cases in enumerate(rounds) for case in cases]
            for job in as_completed(jobs):
                if result := job.result():
                    yield result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def told(false: FalseVerdict) -> str:
    """The paragraph of one false verdict."""
    case = false.case
    lines = [line for line in false.message.strip().splitlines() if line.strip()]
    return f"FALSE  {case.kata.id}  {shown(case.file)}  {false.test}\n" + "\n".join(
        f"       {line}" for line in lines[:12]
    )


def summary(katas: Sequence[Kata], tally: Tally) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table: runs and false verdicts of each kata, and of all."""
    head = ["kata", "", *(f"{kind}s" for kind in KINDS), "runs", "false"]
    rows = []
    for kata in katas:
        runs = [tally.runs[kata.id, kind] for kind in KINDS]
        false = sum(tally.false[kata.id, kind] for kind in KINDS)
        if sum(runs):
            rows.append([kata.id, kata.title, *map(str, runs), str(sum(runs)), str(false)])
    totals = [sum(int(row[column]) for row in rows) for column in range(2, len(head))]
    return head, [*rows, ["all", "", *map(str, totals)]]


def sentence(tally: Tally) -> str:
    runs, false = sum(tally.runs.values()), sum(tally.false.values())
    return (
        f"{runs:,} suite runs in {tally.seconds / 60:.0f} minutes, {false} with a false verdict;"
        f" {tally.pauses:,} pauses, {tally.paused:,.0f} s in all"
    )


def page(
    command: str, katas: Sequence[Kata], tally: Tally, false: Sequence[FalseVerdict], seed: str
) -> str:
    """docs/noise.md."""
    cores = os.cpu_count() or 1
    head, rows = summary(katas, tally)
    lines = [
        "# Noise",
        "",
        f"`{command}` on {datetime.date.today().isoformat()}, {platform.system()},"
        f" {platform.python_implementation()} {platform.python_version()}, {cores} cores, seed {seed}:",
        f"{sentence(tally)}.",
        "",
        "Each file is judged by its kata's suite, an impostor by the tests that it names. A right solution that is red"
        " is a false verdict, and so is",
        "an impostor that is green, or red for another reason than its mistake. Meanwhile",
        "",
        f"- {FOLD * cores} processes that never wait share the {cores} cores with {AT_ONCE * cores} suites at a time;",
        f"- judge and children are stopped at random for {1000 * PAUSE[0]:.0f} to {1000 * PAUSE[1]:.0f} ms, a child"
        f" bears {BUDGET:g} s of that in its life, its judge's pauses included;",
        f"- the clocks of both stand still for {TICK / 1e6:.0f} ms at a time.",
        "",
    ]
    if EXEMPT:
        lines += ["Not paused, but run on the same busy cores with the same clocks:", ""]
        lines += [f"- `{test}`: {reason}" for test, reason in EXEMPT.items()]
    else:
        lines.append("No test is exempt from the pauses.")
    lines.append("")
    lines.append("| " + " | ".join(head) + " |")
    lines.append("|---|---" + "|---:" * (len(head) - 2) + "|")
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    if false:
        lines += ["", "## False verdicts", ""]
        lines += ["```", *(line for one in false for line in told(one).splitlines()), "```"]
    return "\n".join(lines) + "\n"


def _part(text: str) -> float:
    if not 0 < (part := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no part of a whole: 0.1, for example")
    return part


def main(arguments: Sequence[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(
        prog="python -m dojo.noise", description=__doc__.splitlines()[0]
    )
    parser.add_argument("kata", nargs="*", metavar="ID", help="only these katas")
    parser.add_argument(
        "--sample", type=_part, default=1.0, metavar="PART", help="of each kata's files"
    )
    parser.add_argument("--rounds", type=int, default=1, help="how often each file is judged")
    parser.add_argument("--minutes", type=float, default=math.inf, help="then no more are begun")
    parser.add_argument(
        "--only", choices=("right", "impostors"), help="right solutions, or impostors"
    )
    parser.add_argument("--seed", default=str(random.randrange(10**6)), help="as printed")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the result as a page")
    options = parser.parse_args(given)
    try:
        katas = [Curriculum().find(name) for name in options.kata] or list(Curriculum().katas)
    except UnknownKata as error:
        parser.error(str(error))
    if os.name != "posix":
        parser.error("processes are paused with SIGSTOP, which this system does not have.")
    kinds = {None: KINDS, "right": KINDS[:2], "impostors": KINDS[2:]}[options.only]
    chance = random.Random(options.seed)
    rounds = [cases(katas, kinds, options.sample, chance) for _ in range(options.rounds)]
    say(
        f"seed {options.seed}, {sum(map(len, rounds)):,} suite runs, {FOLD * (os.cpu_count() or 1)} busy processes"
    )
    tally, false, began = Tally(), [], time.monotonic()
    try:
        for result in make_noise(rounds, options.seed, options.minutes):
            tally.add(result)
            false += result.false
            for one in result.false:
                say(told(one))
            if (done := sum(tally.runs.values())) % 100 == 0:
                say(f"{done:,} done in {(time.monotonic() - began) / 60:.0f} minutes")
    except KeyboardInterrupt:
        say("stopped")
        sys.stdout.flush()
        os._exit(1)  # what is under way watches this process, and ends
    tally.seconds = time.monotonic() - began
    for line in table(*summary(katas, tally)):
        say(line)
    say(f"\n{sentence(tally)}")
    if false:
        say(
            f"again: tox -e noise -- --seed {options.seed} {' '.join(sorted({f.case.kata.id for f in false}))}"
        )
    if options.write:
        command = shlex.join(["tox", "-e", "noise", "--", *given]).removesuffix(" --")
        text = page(command, katas, tally, false, options.seed)
        options.write.write_text(text, encoding="utf-8", newline="\n")
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(main())
