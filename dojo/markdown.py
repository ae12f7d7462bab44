"""Markdown and Python source in a terminal, by rich; as they are everywhere else."""

from __future__ import annotations

from dojo.console import say

WIDTH = 100  # longer lines of prose are hard to read


def show(text: str, plain: bool) -> None:
    if plain:
        say(text.rstrip("\n"))
        return
    from rich.markdown import Markdown

    _print(Markdown(text, code_theme="ansi_dark"))


def show_python(text: str, plain: bool) -> None:
    if plain:
        say(text.rstrip("\n"))
        return
    from rich.syntax import Syntax

    _print(Syntax(text, "python", theme="ansi_dark", background_color="default"))


def _print(what: object) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.width = min(console.width, WIDTH)
    console.print(what)
