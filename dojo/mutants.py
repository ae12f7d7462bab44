"""Which small changes of the reference solutions do the suites notice? `python -m dojo.mutants [ID…]`

1. Each mutant (dojo/mutation.py) lies alone in a tree of its own; its kata's suite judges it as it judges any
   submission, and stops at the first red test.
2. A suite that needs three times as long as on the reference is ended: the mutant counts as killed, and is listed.
3. The test that killed a mutant the last time, and those that killed most of its kata's, are asked first.
4. What was found is kept in .dojo/mutants/ and holds as long as solution, suite and judge stay the same.
5. A mutant that survives is a hole in the suite, unless tests/equivalents.toml says why nobody can notice it. Those
   are tried as well: one that a test does notice is no equivalent.
"""

from __future__ import annotations

import json
import os
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

import dojo.plugin  # noqa: F401  (all that it imports is the judge, see `Trials.key`)
from dojo.files import write_atomically
from dojo.katas import ROOT, TESTS, Curriculum, Kata
from dojo.mutation import Mutant, mutants
from dojo.pristine import Pristine
from dojo.proofs import Late, judge

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KEPT = ROOT / ".dojo" / "mutants"
NO_JUDGES = {"dojo.mutants", "dojo.mutation", "dojo.pristine"}  # a change of these changes no fate
SLACK = 3  # times what the suite takes on the reference
LEAST = 10.0  # seconds that every suite may take: beside a short one a pause of the machine is long
OVERALL, EACH = (
    0.95,
    0.85,
)  # the parts of all mutants, and of each kata's, that must be killed, less those listed
OFTEN = 25  # mutants after which what was found is kept
WORKERS = 4 * (os.cpu_count() or 1)  # suites mostly wait
TRIED = KILLED, LATE, SURVIVED = "killed", "late", "survived"


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: killed `by` a test, late, or survived; `key` says what that rests on."""

    outcome: str = ""
    by: str = ""
    key: str = ""


class Equivalents:
    """tests/equivalents.toml: mutants that no test to the contract can tell from the reference, and why."""

    def __init__(self, file: Path = TESTS / "equivalents.toml"):
        document = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        self._entries: dict[tuple[str, ...], dict[str, Any]] = {
            (kata, entry["in"], entry["line"], mutated): entry
            for kata, entries in document.items()
            for entry in entries
            for mutated in entry["mutants"]
        }

    def why(self, kata: Kata, mutant: Mutant) -> str:
        """The reason; "" for a mutant that is not listed."""
        return self._entries.get(_place(kata, mutant), {}).get("why", "")

    def by_chance(self, kata: Kata, mutant: Mutant) -> bool:
        """Whether it is listed as one that a test notices now and then, when two processes meet in one moment."""
        return self._entries.get(_place(kata, mutant), {}).get("by_chance", False)

    def strays(self, kata: Kata, found: Iterable[Mutant]) -> list[tuple[str, ...]]:
        """What is listed for `kata` and is none of its mutants, `found`."""
        known = {_place(kata, mutant) for mutant in found}
        return [place for place in self._entries if place[0] == kata.id and place not in known]


def _place(kata: Kata, mutant: Mutant) -> tuple[str, ...]:
    return kata.id, mutant.where, mutant.old, mutant.new


@dataclass(frozen=True)
class Trials:
    """The mutants of one kata: `all` that there are, those `chosen` to be tried, and what became of them."""

    kata: Kata
    all: list[Mutant]
    chosen: list[Mutant]
    fates: dict[Mutant, Fate] = field(default_factory=dict)
    _reference: list[tuple[list[str], str, float]] = field(default_factory=list)

    @property
    def left(self) -> list[Mutant]:
        return [mutant for mutant in self.chosen if mutant not in self.fates]

    def met(self, *outcomes: str) -> list[Mutant]:
        """The mutants with one of these `outcomes`, in the order of the text."""
        return [m for m in self.chosen if m in self.fates and self.fates[m].outcome in outcomes]

    # -- the suite

    @property
    def on_the_reference(self) -> tuple[list[str], str, float]:
        """The suite's tests, the one that is red on the reference itself ("": none), and the seconds taken."""
        if not self._reference:  # cached_property has one lock for all katas before Python 3.12
            self._reference.append(self._ask_the_reference())
        return self._reference[0]

    def _ask_the_reference(self) -> tuple[list[str], str, float]:
        began = time.monotonic()
        tests = judge(self.kata, self.kata.solution)
        red = [f"{t['name']}: {t['message']}" for t in tests if t["outcome"] == "failed"]
        return [test["name"] for test in tests], "".join(red[:1]), time.monotonic() - began

    def put_to_the_test(self, mutant: Mutant) -> None:
        with tempfile.TemporaryDirectory(prefix="mutant-", ignore_cleanup_errors=True) as tree:
            file = Path(tree, self.kata.relative)
            file.parent.mkdir()
            file.write_text(mutant.source, encoding="utf-8")
            outcome, by = self._judged(mutant, Path(tree))
        self.fates[mutant] = Fate(outcome, by, self.key)

    def _judged(self, mutant: Mutant, tree: Path) -> tuple[str, str]:
        limit = max(LEAST, SLACK * self.on_the_reference[2])
        try:
            found = judge(
                self.kata, tree, self._most_likely_first(mutant), stop_at_first=True, limit=limit
            )
        except Late:
            return LATE, ""
        red = [test["name"] for test in found if test["outcome"] == "failed"]
        return (KILLED, red[0]) if red else (SURVIVED, "")

    def _most_likely_first(self, mutant: Mutant) -> tuple[str, ...]:
        before = self._kept.get(_digest(mutant.source), Fate()).by
        kills = Counter(fate.by for fate in [*self._kept.values(), *list(self.fates.values())])
        return tuple(
            sorted(self.on_the_reference[0], key=lambda name: (name != before, -kills[name]))
        )

    # -- what is known from earlier

    def recall(self) -> None:
        """Take over what was found with this solution, this suite and this judge."""
        known = {mutant: self._kept.get(_digest(mutant.source), Fate()) for mutant in self.chosen}
        self.fates.update({m: fate for m, fate in known.items() if fate.key == self.key})

    def keep(self) -> None:
        fates = {_digest(mutant.source): fate for mutant, fate in list(self.fates.items())}
        known = {digest: vars(fate) for digest, fate in {**self._kept, **fates}.items()}
        write_atomically(self._file, json.dumps(known, indent=0).encode())

    @property
    def _file(self) -> Path:
        return KEPT / f"{self.kata.id}.json"

    @cached_property
    def _kept(self) -> dict[str, Fate]:
        """Fates by mutant, those that no longer hold too: they say which test to ask first."""
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
            return {digest: Fate(**fate) for digest, fate in known.items()}
        except (OSError, ValueError, TypeError):
            return {}

    @cached_property
    def key(self) -> str:
        """Stands for all that a fate rests on: the solution, the suite, and the judge."""
        judge = [m for name, m in sys.modules.items() if name.startswith("dojo.")]
        files = {Path(m.__file__) for m in judge if m.__file__ and m.__name__ not in NO_JUDGES}
        files |= {self.kata.solution, self.kata.suite, TESTS / "server_contract.py"}
        files |= set((ROOT / "dojo" / "inside").glob("*.py"))
        return _digest("".join(file.read_text(encoding="utf-8") for file in sorted(files)))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


# -- a run


def chosen(katas: Iterable[Kata], sample: float, seed: str) -> list[Trials]:
    """All mutants of `katas`, or a part of them, a random one that depends on `seed` alone."""
    found = [(kata, mutants_of(kata)) for kata in katas]
    pairs = [(kata.id, mutant) for kata, ours in found for mutant in ours]
    part = set(random.Random(seed).sample(pairs, round(sample * len(pairs))))
    return [Trials(kata, ours, [m for m in ours if (kata.id, m) in part]) for kata, ours in found]


def mutants_of(kata: Kata) -> list[Mutant]:
    return list(mutants(kata.solution.read_text(encoding="utf-8"), Pristine().text(kata) or ""))


def try_all(trials: list[Trials], tell: Callable[[str], None]) -> None:
    """Put to the test what is not known yet, WORKERS mutants at a time; what was found by Ctrl-C is kept."""
    for one in trials:
        one.recall()
    at_work = [one for one in trials if one.left]
    pool = ThreadPoolExecutor(WORKERS)
    try:
        red = list(pool.map(lambda one: one.on_the_reference[1], at_work))
        at_work = [one for one, failure in zip(at_work, red, strict=True) if not failure]
        tasks = {pool.submit(one.put_to_the_test, m): one for one in at_work for m in one.left}
        for task in as_completed(tasks):
            task.result()
            if len(tasks[task].fates) % OFTEN == 0:
                tasks[task].keep()
            if not tasks[task].left:
                tasks[task].keep()
                tell(
                    f"{tasks[task].kata.id}: {_score([tasks[task]]):.1%} of {len(tasks[task].fates)}"
                )
    finally:
        pool.shutdown(cancel_futures=True)
        for one in at_work:
            one.keep()


# -- what came of it


def _score(trials: list[Trials], equivalents: Equivalents | None = None) -> float:
    """The part of the mutants tried that was killed; given `equivalents`, of those that are not listed there."""
    killed, tried = (sum(len(one.met(*o)) for one in trials) for o in ((KILLED, LATE), TRIED))
    if equivalents:
        survivors = [(one.kata, mutant) for one in trials for mutant in one.met(SURVIVED)]
        tried -= sum(bool(equivalents.why(*survivor)) for survivor in survivors)
    return killed / tried if tried else 1.0


def table(trials: list[Trials], equivalents: Equivalents, run: str) -> Iterator[str]:
    """The result in Markdown; `run` tells how it was made."""
    yield "# Which small changes the suites notice\n"
    yield (
        "Every reference solution is changed in one small place at a time (dojo/mutation.py says how), and its suite"
        " is asked whether it notices. Docstrings, annotations, the wording of errors and the demo are left alone. A"
        f" change that makes the suite take {SLACK} times as long as on the reference counts as noticed, and is"
        " listed.\n"
    )
    yield f"{run}\n"
    yield "| kata | mutants | killed | of these out of time | survived | killed of all | of those not listed |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for one in trials:
        yield _row(one.kata.id, [one], equivalents)
    yield _row("all", trials, equivalents)
    yield "\n## Out of time\n"
    yield from _listed(trials, (LATE,))
    yield "\n## Survived: no test to the contract can tell\n"
    yield from _listed(trials, (SURVIVED,), equivalents)


def _row(name: str, trials: list[Trials], equivalents: Equivalents) -> str:
    tried, killed, late, survived = (
        sum(len(one.met(*outcomes)) for one in trials)
        for outcomes in (TRIED, (KILLED, LATE), (LATE,), (SURVIVED,))
    )
    scores = f"{_score(trials):.1%} | {_score(trials, equivalents):.1%}"
    return f"| {name} | {tried} | {killed} | {late} | {survived} | {scores} |"


def _listed(
    trials: list[Trials], outcomes: tuple[str, ...], equivalents: Equivalents | None = None
) -> Iterator[str]:
    for one in trials:
        for mutant in one.met(*outcomes):
            why = f": {equivalents.why(one.kata, mutant)}" if equivalents else ""
            yield f"- {one.kata.id} `{mutant.where}` `{mutant.old}` → `{mutant.new}`{why}"


def complaints(trials: list[Trials], equivalents: Equivalents, whole: bool) -> Iterator[str]:
    """Whatever must not be, a sentence each; `whole`: all mutants of these katas were tried."""
    for one in trials:
        for mutant, fate in one.fates.items():
            where = f"{one.kata.solution.relative_to(ROOT)}:{mutant.line}: `{mutant.old}` → `{mutant.new}`"
            explained = equivalents.why(one.kata, mutant)
            if fate.outcome == SURVIVED and not explained:
                yield f"{where} survives: the suite does not notice it."
            elif (
                fate.outcome == KILLED and explained and not equivalents.by_chance(one.kata, mutant)
            ):
                yield f"{where} is listed as equivalent, yet {fate.by} notices it."
        if one.left:
            yield f"{one.kata.id} is red on the reference itself. {one.on_the_reference[1]}"
        for place in equivalents.strays(one.kata, one.all):
            yield f"{' · '.join(place)} is listed as equivalent, and there is no such mutant."
        if whole and (score := _score([one], equivalents)) < EACH:
            yield f"{one.kata.id}: {score:.1%} of its mutants are killed, below {EACH:.0%}."
    if whole and (score := _score(trials, equivalents)) < OVERALL:
        yield f"{score:.1%} of all mutants are killed, below {OVERALL:.0%}."


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--sample", default=1.0, type=click.FloatRange(0, 1), help="Only this part of them.")
@click.option("--seed", default="", help="Which part: any text.")
@click.option("--write", metavar="FILE", type=click.Path(path_type=Path), help="The table, too.")
def main(ids: tuple[str, ...], sample: float, seed: str, write: Path | None) -> None:
    """Change the reference solutions in small ways and see whether their suites notice."""
    path = Curriculum()
    katas = [path.find(name) for name in ids] or list(path.katas)
    trials, equivalents = chosen(katas, sample, seed), Equivalents()
    for one in trials:
        one.recall()
    known, began = sum(len(one.fates) for one in trials), time.monotonic()
    try_all(trials, tell=lambda words: click.echo(words, err=True))
    tried, minutes = sum(len(one.fates) for one in trials), (time.monotonic() - began) / 60
    command = " ".join(["python -m dojo.mutants", *sys.argv[1:]])
    run = (
        f"`{command}`, {date.today()}, Python {platform.python_version()} on {platform.system()},"
        f" {os.cpu_count()} cores: {tried - known:,} mutants in {minutes:.0f} minutes. What became of the other"
        f" {known:,} was known from earlier runs with the same solutions, suites and judge."
    )
    lines = list(table(trials, equivalents, run))
    if write:
        write_atomically(write, "".join(f"{line}\n" for line in lines).encode())
    click.echo("\n".join(line for line in lines if line.startswith("|")))
    wrong = list(complaints(trials, equivalents, whole=sample == 1))
    for sentence in wrong:
        click.echo(sentence)
    click.echo(f"{tried} mutants, {minutes:.1f} minutes, {len(wrong)} complaints.")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
