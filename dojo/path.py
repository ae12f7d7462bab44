"""The path as `kata` shows it: parts, katas, what is done, and what is next."""

from __future__ import annotations

import click

from dojo.console import command, first_todo, say, shown
from dojo.katas import Curriculum, Kata
from dojo.progress import Progress


def show(path: Curriculum, progress: Progress) -> None:
    following = progress.next(path)
    done = sum(progress.done(kata) for kata in path.katas)
    say(click.style("The path", bold=True) + f"   {done} of {len(path.katas)} done")
    for part in path.parts:
        say()
        say(click.style(f"  {part.title}", bold=True))
        for kata in part.katas:
            say(_line(kata, progress, is_next=kata == following))
    say()
    if following is None:
        from dojo.results import joy

        say(joy(path))
    else:
        _next(following)


def _line(kata: Kata, progress: Progress, is_next: bool) -> str:
    verdict = progress.verdict(kata)
    note = ""
    if verdict == "passed":
        mark = click.style("✓", fg="green")
    elif verdict == "skipped":
        mark, note = click.style("-", fg="yellow"), "not possible on this system"
    else:
        mark = click.style("→", fg="cyan") if is_next else " "
        if progress.changed(kata):
            note = "was green before the last change"
    return f"    {mark} {kata.id:<4} {kata.title}" + click.style(
        f"   {note}" if note else "", dim=True
    )


def _next(kata: Kata) -> None:
    say(f"Next: {click.style(f'{kata.id} · {kata.title}', bold=True)}")
    read, write = shown(kata.lesson), shown(kata.file, first_todo(kata.file))
    width = max(len(read), len(write))
    say(f"  read   {read:<{width}}   or {command(f'lesson {kata.id}')}")
    say(f"  write  {write}")
    say(f"  test   {command(f'test {kata.id}')}")
