"""The commands. Each is a few lines over a module that knows the matter; what a command needs is
imported when it runs, so that `kata` itself starts at once.

Exit status: 0 green, 1 red, 2 misuse or an interrupted run. Every error is one sentence on stderr.
"""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dojo import katas as places
from dojo.console import command, first_todo, is_terminal, say, shown, warn
from dojo.katas import Curriculum, Kata, UnknownKata
from dojo.progress import HINTS, Progress

if TYPE_CHECKING:
    from dojo.trial import Trial

RED = 1


class Misuse(click.ClickException):
    """One sentence on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        say(self.message, to_stderr=True)


class Commands(click.Group):
    """The group of all commands: in the order of this file, and with errors made into sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args[0] not in self.commands:
            raise Misuse(self._no_such_command(args[0]))
        return super().resolve_command(ctx, args)

    def _no_such_command(self, name: str) -> str:
        try:
            kata = curriculum().find(name)
        except UnknownKata:
            nearest = difflib.get_close_matches(name, self.commands, n=1)
            instead = f"did you mean `{command(nearest[0])}`?" if nearest else "all are listed by"
            return f"There is no command {name!r}: {instead}" + (
                "" if nearest else f" `{command('--help')}`."
            )
        return f"{name!r} is a kata, no command: did you mean `{command(f'test {kata.id}')}`?"

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (UnknownKata, ValueError) as error:
            raise Misuse(str(error)) from error
        except (KeyboardInterrupt, click.Abort):
            say(to_stderr=True)
            raise Misuse("Stopped. Nothing is lost.") from None
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            raise Misuse(f"{error.strerror or error}{where}. Nothing was changed.") from error


def curriculum() -> Curriculum:
    return Curriculum(places.MANIFEST)


def progress() -> Progress:
    return Progress(warn=warn)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="ID is a kata's id (d2), its name (d2_select_server) or the path of its file.",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Learn Python coroutines and I/O multiplexing by making tests pass.

    Without a command: the path, what is done, and what is next.
    """
    if ctx.invoked_subcommand is None:
        from dojo.path import show

        show(curriculum(), progress())


# -- for learners


@main.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--target", metavar="DIR", help="Test this tree, laid out like katas/, or this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per kata, only that.")
@click.option("-x", "stop_at_first", is_flag=True, help="Stop at the first red test.")
@click.option("--sandbox", "confined", is_flag=True, help="For code that you do not trust (Linux).")
def test(
    ids: tuple[str, ...], target: str | None, as_json: bool, stop_at_first: bool, confined: bool
) -> None:
    """Test a kata: the next one, these, or whole parts."""
    if confined:
        from dojo import sandbox

        try:
            sandbox.enter()
        except sandbox.Refused as refused:
            raise Misuse(str(refused)) from None
    path, tree = curriculum(), target_tree(target)
    chosen = choose(path, ids) if ids else default_choice(path, target, tree)
    if not chosen:
        from dojo.results import joy

        say(joy(path), to_stderr=as_json)
        return
    if tree.is_file() and len(chosen) > 1:
        raise Misuse(f"{target} is one file, so name one kata to test it as.")
    on_a_path = len(chosen) == 1 and chosen[0].steps and not as_json
    trial = run_suites(chosen, tree, stop_at_first or on_a_path, quiet=as_json, confined=confined)
    if as_json:
        for entry in trial.katas:
            click.echo(json.dumps(entry))
    else:
        report(trial, path, tree)
    raise SystemExit(0 if trial.green else RED)


@main.command()
@click.argument("id_", metavar="ID")
def hint(id_: str) -> None:
    """Show one more hint; after the third, the whole lesson."""
    kata = curriculum().find(id_)
    lesson_text = read_lesson(kata)
    notes = progress()
    asked = notes.hints(kata)
    count = min(asked + 1, len(lesson_text.hints))
    if asked >= len(lesson_text.hints):
        show_lesson(kata, lesson_text, asked, plain=False)
        say(f"You have seen all hints. Next: {command(f'solution {kata.id}')}")
        return
    from dojo.markdown import show

    for one in lesson_text.hints[:count]:
        show(f"**{one.summary}**\n\n{one.body}\n", plain=not is_terminal())
    notes.record_hint(kata, min(count, HINTS))
    after = f"hint {kata.id}"
    say()
    say(
        f"One hint more: {command(after)}"
        if count < len(lesson_text.hints)
        else f"That was the last hint. The lesson: {command(after)}"
    )


@main.command()
@click.argument("id_", metavar="ID")
@click.option("--plain", is_flag=True, help="Print the Markdown source, as when piped.")
def lesson(id_: str, plain: bool) -> None:
    """Read the lesson of a kata."""
    kata = curriculum().find(id_)
    show_lesson(kata, read_lesson(kata), progress().hints(kata), plain)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("id_", metavar="ID")
@click.option("--target", metavar="DIR", help="Run the kata of this tree, or this file.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(id_: str, target: str | None, arguments: tuple[str, ...]) -> None:
    """Run a kata as a program: its demo. More arguments are passed on to it."""
    from dojo.demo import play

    kata, tree = curriculum().find(id_), target_tree(target)
    raise SystemExit(play(kata, file_in(tree, kata), arguments))


@main.command()
@click.argument("id_", metavar="ID")
@click.option("--target", metavar="DIR", help="The kata of this tree, or this file.")
def trace(id_: str, target: str | None) -> None:
    """Draw who ran when, and who waited, while a kata was tested; for green code too."""
    from dojo.results import sentence

    path, tree = curriculum(), target_tree(target)
    kata = path.find(id_)
    trial = run_suites([kata], tree, marked="trace")
    for name, picture in trial.pictures:
        say(f"{kata.id} · {sentence(name)}\n")
        say(picture)
        say()
    if not trial.katas:
        raise Misuse(f"{kata.id} has no picture: nothing in it takes time.")
    if not trial.green:
        show_red(trial, path, tree)
        raise SystemExit(RED)


@main.command()
@click.argument("id_", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask, even while the kata is red.")
def solution(id_: str, yes: bool) -> None:
    """Show the reference solution; asks first while the kata is red."""
    kata = curriculum().find(id_)
    text = read_text(kata.solution)
    if not yes and not progress().done(kata) and not agreed(kata):
        raise SystemExit(RED)
    from dojo.markdown import show_python

    say(click.style(shown(kata.solution), bold=True), to_stderr=True)
    show_python(text, plain=not is_terminal())


@main.command()
@click.argument("id_", metavar="ID")
def diff(id_: str) -> None:
    """Compare your file with the reference solution."""
    kata = curriculum().find(id_)
    yours, reference = read_text(kata.file), read_text(kata.solution)
    lines = list(
        difflib.unified_diff(
            yours.splitlines(),
            reference.splitlines(),
            shown(kata.file),
            shown(kata.solution),
            lineterm="",
        )
    )
    for line in lines:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[0])
        say(click.style(line, fg=colour))
    if not lines:
        say("Your file is the reference, line for line.", to_stderr=True)


@main.command()
@click.argument("id_", metavar="ID")
def reset(id_: str) -> None:
    """Bring back the untouched stub; your file is kept."""
    from dojo.workspace import NothingToReset
    from dojo.workspace import reset as bring_back

    kata = curriculum().find(id_)
    try:
        backup = bring_back(kata)
    except NothingToReset:
        progress().forget(kata)  # an earlier call may have been killed before it came to this
        say(f"{shown(kata.file)} is the untouched stub already.")
        return
    progress().forget(kata)
    say(f"{shown(kata.file, first_todo(kata.file))} is the untouched stub again.")
    if backup:
        say(f"Your file is kept as {shown(backup)}")


@main.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per kata, only that.")
def verify(ids: tuple[str, ...], as_json: bool) -> None:
    """Prove the reference solutions: every suite against solutions/."""
    import time

    from dojo.results import summary

    path = curriculum()
    chosen = choose(path, ids) if ids else list(path.katas)
    began = time.monotonic()
    trial = run_suites(chosen, places.SOLUTIONS, quiet=as_json, always_parallel=True)
    for entry in trial.katas:
        say(json.dumps(entry) if as_json else summary(entry, path.find(entry["kata"])))
    if not as_json:
        show_red(trial, path, places.SOLUTIONS)
        green = sum(entry["verdict"] == "passed" for entry in trial.katas)
        seconds = time.monotonic() - began
        say(f"\n{green} of {len(chosen)} reference solutions are green, in {seconds:.0f} s.")
    raise SystemExit(0 if trial.green else RED)


@main.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--growth", is_flag=True, help="What a message costs while the silent crowd grows.")
@click.option("--table", is_flag=True, help="poll, select, epoll: a book's table, measured here.")
@click.option("--target", metavar="DIR", help="Measure the servers of this tree, or this file.")
@click.option("--clients", metavar="N", type=click.IntRange(1, 10_000), help="The crowd: 900.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, only that.")
@click.option("--svg", metavar="FILE", help="Draw the plot into this file, too.")
def cost(
    ids: tuple[str, ...],
    growth: bool,
    table: bool,
    target: str | None,
    clients: int | None,
    as_json: bool,
    svg: str | None,
) -> None:
    """Measure what a waiting client costs in each I/O model."""
    from dojo import account, models

    if growth and table:
        raise Misuse("--growth and --table are two different things: give one of them.")
    if table and (ids or target):
        raise Misuse("--table measures the system itself: it takes no ID and no --target.")
    if clients and (growth or table):
        raise Misuse("--clients goes with neither --growth nor --table: they set their own.")
    if svg and not Path(svg).absolute().parent.is_dir():
        raise Misuse(f"--svg {svg}: there is no such folder.")
    output = account.Output(as_json, Path(svg) if svg else None)
    if table:
        account.monitoring(output)
        return
    path, tree = curriculum(), places.SOLUTIONS if target is None else target_tree(target)
    wanted = servers(path, ids)
    if tree.is_file() and wanted is None:
        wanted = [path.find(str(tree))]
    if tree.is_file() and len(wanted or ()) > 1:
        raise Misuse(f"{target} is one file, so name one kata to measure it as.")
    field = models.field(path, wanted, lambda kata: file_in(tree, kata))
    whose = "the reference servers" if tree == places.SOLUTIONS else f"the servers of {shown(tree)}"
    measured = (
        account.growth(field, whose, output)
        if growth
        else account.cost(field, whose, output, clients)
    )
    raise SystemExit(0 if measured else RED)


# -- for authors


@main.command()
@click.argument("part")
@click.argument("id_", metavar="ID")
@click.argument("name")
@click.option("--title", help="What the path calls it; by default made from NAME.")
def new(part: str, id_: str, name: str, title: str | None) -> None:
    """For authors: begin a kata, with every file it needs."""
    from dojo.authors import begin

    for file in begin(part, id_, name, title):
        say(f"  {shown(file)}")
    say(f"Next: fill these in, then {command('check')} says what is missing.")


@main.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option(
    "--strict", is_flag=True, help="A stub that differs from the shipped one is an error."
)
@click.option(
    "--write", is_flag=True, help="Take the stubs as they are in katas/ for the shipped ones."
)
def check(ids: tuple[str, ...], strict: bool, write: bool) -> None:
    """For authors: hold every kata to the rules."""
    from dojo import check as rules

    path = curriculum()
    chosen = choose(path, ids) if ids else list(path.katas)
    if write:
        for line in rules.ship(path, chosen):
            say(line)
    findings = rules.check(path, chosen, whole=not ids)
    errors = [finding for finding in findings if strict or not finding.note]
    for finding in findings:
        kind = "" if finding in errors else click.style("note: ", fg="yellow")
        say(f"{shown(finding.file, finding.line)}: {kind}{finding.sentence}")
    if errors:
        say(f"\n{len(errors)} to mend in {len(chosen)} katas.", to_stderr=True)
        raise SystemExit(RED)
    say(f"{len(chosen)} katas keep the rules.", to_stderr=True)


# -- what several commands do


def choose(path: Curriculum, names: tuple[str, ...]) -> list[Kata]:
    """The katas and parts called `names`, once each, in path order. Raises UnknownKata."""
    wanted: set[Kata] = set()
    for name in names:
        part = next((p for p in path.parts if _means(name, p.name)), None)
        wanted.update(part.katas if part else [path.find(name)])
    return [kata for kata in path.katas if kata in wanted]


def servers(path: Curriculum, names: tuple[str, ...]) -> list[Kata] | None:
    """The servers that `names` mean, for `kata cost`; None, that is all, without any name."""
    wanted: list[Kata] = []
    for name in names:
        found = [kata for kata in choose(path, (name,)) if kata.id in path.servers]
        if not found:
            known = ", ".join(kata.id for kata in path.katas if kata.id in path.servers)
            raise Misuse(f"{name} has no server that `kata cost` could measure: {known} have one.")
        wanted += found
    return wanted or None


def _means(name: str, part: str) -> bool:
    """Whether `name` is the part `a_coroutines`: by its name, its letter or a folder's path."""
    return Path(name).name in (part, part.partition("_")[0])


def default_choice(path: Curriculum, target: str | None, tree: Path) -> list[Kata]:
    """Without an ID: the next kata; of another tree all of it; of a file the kata that it is."""
    if tree.is_file():
        return [path.find(str(tree))]
    if target is not None and tree != places.KATAS:
        return list(path.katas)
    following = progress().next(path)
    return [following] if following else []


def target_tree(target: str | None) -> Path:
    """The absolute path of --target, seen from the current folder or else from the repository."""
    if target is None:
        return places.KATAS
    for folder in (Path(), places.ROOT):
        if (folder / target).exists():
            return (folder / target).resolve()
    raise Misuse(f"--target {target}: there is no such folder or file.")


def file_in(tree: Path, kata: Kata) -> Path:
    return tree if tree.is_file() else tree / kata.relative


def run_suites(
    chosen: list[Kata],
    tree: Path,
    stop_at_first: bool = False,
    *,
    quiet: bool = False,
    always_parallel: bool = False,
    marked: str | None = None,
    confined: bool = False,
) -> Trial:
    from dojo import trial as trials
    from dojo.results import Ticker

    parallel = always_parallel or len(chosen) > 1
    ticker = Ticker(wanted=not quiet)
    try:
        return trials.run(
            chosen,
            tree,
            stop_at_first=stop_at_first,
            workers=trials.at_once() if parallel else 0,
            marked=marked,
            confined=confined,
            on_test=ticker,
        )
    except trials.Stopped:
        ticker.clear()
        raise Misuse("Stopped before the end: no verdict, and nothing is lost.") from None
    except trials.Broken as error:
        ticker.clear()
        raise Misuse(str(error)) from error
    finally:
        ticker.clear()


def report(trial: Trial, path: Curriculum, tree: Path) -> None:
    """Every kata's tests, then one line: what to do next."""
    from dojo import results

    for number, entry in enumerate(trial.katas):
        kata = path.find(entry["kata"])
        if number:
            say()
        results.show(entry, kata, file_in(tree, kata))
    say()
    red = next((e for e in trial.katas if e["verdict"] not in ("passed", "skipped")), None)
    if red:
        say(results.next_after_red(red, path.find(red["kata"])))
    elif tree == places.KATAS:
        green = [entry["kata"] for entry in trial.katas]
        following = results.next_after_green(progress().next(path, besides=green), path)
        say(f"{results.how_it_went(trial.katas)} {following}")
    else:
        say(f"All green in {shown(tree)}.")


def show_red(trial: Trial, path: Curriculum, tree: Path) -> None:
    from dojo import results

    for entry in trial.katas:
        if entry["verdict"] not in ("passed", "skipped"):
            kata = path.find(entry["kata"])
            say()
            results.show(entry, kata, file_in(tree, kata))


def read_text(file: Path) -> str:
    if not file.is_file():
        raise Misuse(f"{shown(file)} is missing.")
    return file.read_text(encoding="utf-8", errors="replace")


def read_lesson(kata: Kata) -> Any:
    from dojo.lesson import Lesson

    return Lesson(read_text(kata.lesson))


def show_lesson(kata: Kata, text: Any, hints: int, plain: bool) -> None:
    from dojo.markdown import show

    if plain or not is_terminal():
        show(text.text, plain=True)
    else:
        show(text.for_terminal(hints, command(f"hint {kata.id}")), plain=False)


def agreed(kata: Kata) -> bool:
    """Whether the learner, asked, wants the solution of a kata that is not green."""
    question = f"{kata.id} is not green yet. Show the solution all the same?"
    if not sys.stdin.isatty():
        shows = command(f"solution {kata.id} --yes")
        raise Misuse(f"{kata.id} is not green yet: `{shows}` shows it all the same.")
    return click.confirm(question, err=True)
