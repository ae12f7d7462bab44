"""`kata check`: the rules that every kata keeps. Each rule is one function that yields what breaks it.

What a learner edits is judged as it was shipped: a solved kata on somebody's machine breaks no rule.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dojo import katas as places
from dojo.authors import authors_lock
from dojo.console import command
from dojo.katas import Curriculum, Kata
from dojo.lesson import HINT_TITLES, SECTIONS, Lesson
from dojo.pristine import Pristine

IMPOSTORS = 4  # at least, for each kata
ALTERNATIVES = 2  # beside the reference
WORDS = 500  # at most, before the hints of a lesson
OURS = ("dojo", "tests")  # what a kata never imports


@dataclass(frozen=True)
class Finding:
    """One broken rule, at a place; a `note` is an error only for `kata check --strict`."""

    file: Path
    sentence: str
    line: int = 1
    note: bool = False


Findings = Iterator[Finding]


def check(path: Curriculum, katas: list[Kata], whole: bool = True) -> list[Finding]:
    """All that breaks a rule in `katas`, and in the trees around them if they are the `whole` path."""
    stubs = Pristine()
    found = [finding for kata in katas for finding in _kata(kata, stubs)]
    if whole:
        found += _ids(path)
        found += _strays(path, stubs)
        found += _page_of_impostors(path)
    return found


def ship(path: Curriculum, katas: list[Kata]) -> Iterator[str]:
    """Take the stubs in katas/ for the shipped ones; yields a line for each that changed.

    Raises ValueError, and changes nothing, for a stub in which nothing is left to write.
    """
    with authors_lock():
        stubs, changed = Pristine(), []
        for kata in katas:
            text = kata.file.read_text(encoding="utf-8")
            if not _unwritten(text):
                raise ValueError(
                    f"{kata.file} has no `raise NotImplementedError`: is it solved? "
                    f"`{command(f'reset {kata.id}')}` brings its stub back. Nothing was changed."
                )
            if not stubs.holds(kata):
                stubs.put(kata, text)
                changed.append(kata)
        strays = stubs.stray(path.katas)
        stubs.keep_only(path.katas)
        if changed or strays:
            stubs.write()
    yield from (f"{kata.id}: its stub is now the shipped one." for kata in changed)
    yield from (f"{stray}: no longer shipped." for stray in strays)


def _kata(kata: Kata, stubs: Pristine) -> Findings:
    files = {
        kata.file: "stub",
        kata.lesson: "lesson",
        kata.solution: "solution",
        kata.suite: "suite",
    }
    missing = [file for file in files if not file.is_file()]
    yield from (Finding(file, f"{kata.id} has no {files[file]}.") for file in missing)
    yield from _impostors(kata)
    yield from _alternatives(kata)
    if kata.lesson not in missing:
        yield from _lesson(kata.lesson)
    if kata.file not in missing:
        yield from _shipped(kata, stubs)
    shipped = stubs.text(kata)
    if shipped is not None:
        yield from _program(kata.file, shipped)
        yield from _stub(kata.file, shipped)
    if kata.solution not in missing:
        text = _text(kata.solution)
        yield from _program(kata.solution, text)
        yield from _solution(kata.solution, text)
        if shipped is not None:
            yield from _same_signatures(kata, shipped, text)
    for file in (*files, *_python(kata.impostors), *_python(kata.alternatives)):
        if file not in missing:
            yield from _placeholders(file)


# -- stub and solution


def _shipped(kata: Kata, stubs: Pristine) -> Findings:
    write = f"`{command('check --write')}`"
    if stubs.text(kata) is None:
        yield Finding(kata.file, f"the shipped stubs lack it: {write} adds it.")
    elif not stubs.holds(kata):
        yield Finding(
            kata.file,
            f"edited stub. If you are solving {kata.id}, all is well; "
            f"if you changed the stub as its author, {write} ships it.",
            note=True,
        )


def _program(file: Path, text: str) -> Findings:
    """What holds for stub and solution: a plain program with a demo."""
    tree = _parsed(text)
    if isinstance(tree, SyntaxError):
        yield Finding(file, f"it is no Python: {tree.msg}.", tree.lineno or 1)
        return
    for module, line in _imports(tree):
        if module.partition(".")[0] in OURS:
            yield Finding(file, f"it imports {module}; a kata is a plain program.", line)
    if not any(_is_demo(node) for node in tree.body):
        yield Finding(file, 'it has no demo: `if __name__ == "__main__":`.')


def _is_demo(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "__name__ == '__main__'",
        "'__main__' == __name__",
    )


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno


def _stub(file: Path, text: str) -> Findings:
    if not _unwritten(text):
        yield Finding(
            file, "the stub has no `raise NotImplementedError`: nothing is left to write."
        )


def _solution(file: Path, text: str) -> Findings:
    for line in _unwritten(text):
        yield Finding(file, "the solution raises NotImplementedError.", line)


def _unwritten(text: str) -> list[int]:
    """The lines that raise NotImplementedError."""
    tree = _parsed(text)
    if isinstance(tree, SyntaxError):
        return []
    raises = [node for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    names = ("NotImplementedError", "NotImplementedError()")
    return [node.lineno for node in raises if node.exc and ast.unparse(node.exc) in names]


def _same_signatures(kata: Kata, shipped: str, solution: str) -> Findings:
    """Every public name of the stub is in the solution, and takes the same arguments."""
    ours, theirs = _signatures(shipped), _signatures(solution)
    for name, (signature, _) in ours.items():
        if name not in theirs:
            yield Finding(kata.solution, f"{name} of the stub is missing.")
        elif theirs[name][0] != signature:
            found, line = theirs[name]
            yield Finding(kata.solution, f"{name}{found}, but in the stub {name}{signature}.", line)


def _signatures(text: str) -> dict[str, tuple[str, int]]:
    """Public functions, classes and their methods by dotted name: (arguments, line)."""
    tree = _parsed(text)
    return {} if isinstance(tree, SyntaxError) else dict(_signed(tree.body))


def _signed(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, tuple[str, int]]]:
    for node in body:
        name = getattr(node, "name", "_")
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + name, (_arguments(node), node.lineno)
        elif isinstance(node, ast.ClassDef):
            yield prefix + name, ("", node.lineno)
            yield from _signed(node.body, f"{prefix}{name}.")


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """`(tasks, *, limit=3)`, without annotations; a coroutine function says so."""
    bare = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(bare, ast.FunctionDef | ast.AsyncFunctionDef)
    for argument in ast.walk(bare.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    kind = " (async)" if isinstance(node, ast.AsyncFunctionDef) else ""
    return f"({ast.unparse(bare.args)}){kind}"


# -- lesson


def _lesson(file: Path) -> Findings:
    lesson = Lesson(_text(file))
    kata_id = file.stem.partition("_")[0]
    if not lesson.title.startswith(f"{kata_id} · "):
        yield Finding(file, f'its first heading is not "# {kata_id} · …".')
    if tuple(lesson.sections) != SECTIONS:
        yield Finding(file, f"its sections are not {', '.join(SECTIONS)}.")
    titles = tuple(hint.summary for hint in lesson.hints)
    if titles != HINT_TITLES:
        found = ", ".join(titles) or "none"
        yield Finding(file, f"its hints are not {', '.join(HINT_TITLES)}, but {found}.")
    if lesson.words_before_hints >= WORDS:
        yield Finding(
            file, f"{lesson.words_before_hints} words before the hints, under {WORDS} please."
        )
    for target, line in lesson.links:
        if not _resolves(file, target):
            yield Finding(file, f"the link to {target} leads nowhere.", line)


def _resolves(file: Path, target: str) -> bool:
    if re.match(r"[a-z][a-z0-9+.-]*:|#", target, re.IGNORECASE):
        return True
    return (file.parent / target.partition("#")[0]).exists()


# -- suite, impostors, alternatives


def _impostors(kata: Kata) -> Findings:
    from dojo.proofs import Impostor

    files = _python(kata.impostors)
    if len(files) < IMPOSTORS:
        yield Finding(kata.impostors, f"{len(files)} impostors, at least {IMPOSTORS} please.")
    tests = _tests(kata.suite)
    mistakes: dict[str, Path] = {}
    for file in files:
        try:
            impostor = Impostor.read(file)
        except SyntaxError as error:
            yield Finding(file, f"it is no Python: {error.msg}.", error.lineno or 1)
        except ValueError as error:
            yield Finding(file, str(error).removeprefix(f"{file}: "))
        else:
            for name in impostor.caught_by:
                if name.partition("[")[0] not in tests:
                    yield Finding(file, f"its suite has no test {name}.")
            if not impostor.mistake.endswith((".", "?", "!")) or impostor.more:
                yield Finding(file, "its docstring's first line is not one whole sentence.")
            twin = mistakes.setdefault(impostor.mistake, file)
            if twin != file:
                yield Finding(file, f"its mistake is, word for word, that of {twin.name}.")


def _alternatives(kata: Kata) -> Findings:
    files = _python(kata.alternatives)
    if len(files) < ALTERNATIVES:
        built = f"{len(files)} right solutions that are built another way"
        yield Finding(kata.alternatives, f"{built}, at least {ALTERNATIVES} please.")
    for file in files:
        tree = _parsed(_text(file))
        if isinstance(tree, SyntaxError):
            yield Finding(file, f"it is no Python: {tree.msg}.", tree.lineno or 1)
        elif not ast.get_docstring(tree):
            yield Finding(file, "no docstring says how it is built differently.")


def _tests(suite: Path) -> set[str]:
    """The names of the suite's tests: its own and those that it imports."""
    tree = _parsed(_text(suite)) if suite.is_file() else ast.Module([], [])
    if isinstance(tree, SyntaxError):
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return {name for name in names if name.startswith("test_")}


def _placeholders(file: Path) -> Findings:
    """What `kata new` left for the author to fill in."""
    for number, line in enumerate(_text(file).splitlines(), 1):
        if match := re.search("«[^»]*»", line):
            yield Finding(file, f"to be filled in: {match[0]}", number)


# -- the whole path


def _ids(path: Curriculum) -> Findings:
    for what in ("id", "slug"):
        counted = Counter(getattr(kata, what) for kata in path.katas)
        for value, count in counted.items():
            if count > 1:
                yield Finding(places.MANIFEST, f"the {what} {value} is there {count} times.")


def _strays(path: Curriculum, stubs: Pristine) -> Findings:
    """Files that belong to no kata: the trees mirror each other path for path."""
    parts = [part.name for part in path.parts]
    known: dict[Path, Callable[[Kata], tuple[Path, ...]]] = {
        places.KATAS: lambda kata: (kata.file, kata.lesson),
        places.SOLUTIONS: lambda kata: (kata.solution,),
        places.TESTS: lambda kata: (kata.suite,),
    }
    for tree, belonging in known.items():
        expected = {file for kata in path.katas for file in belonging(kata)}
        expected |= {places.KATAS / part / "README.md" for part in parts}
        for part in parts:
            for file in sorted((tree / part).glob("*.*")):
                if file.suffix in (".py", ".md") and file not in expected:
                    scratch = tree == places.KATAS  # learners try things out there
                    yield Finding(file, "it belongs to no kata of katas.toml.", note=scratch)
    slugs = {kata.slug for kata in path.katas}
    for tree in ("impostors", "alternatives"):
        for folder in sorted((places.TESTS / tree).glob("*/*")):
            if folder.name not in slugs and folder.name != "__pycache__":
                yield Finding(folder, "it belongs to no kata of katas.toml.")
    for stray in stubs.stray(path.katas):
        yield Finding(stubs.file, f"{stray} belongs to no kata: `{command('check --write')}`.")


def _page_of_impostors(path: Curriculum) -> Findings:
    from dojo import impostors

    try:
        text = impostors.document(path)
    except (ValueError, SyntaxError):
        return  # an impostor that cannot be read is a finding of its own
    page = impostors.page()
    if not page.is_file() or _text(page) != text:
        yield Finding(page, f"it is out of date: `{impostors.COMMAND}` writes it.")


# -- reading


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _parsed(text: str) -> ast.Module | SyntaxError:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        return error


def _python(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.py"))
