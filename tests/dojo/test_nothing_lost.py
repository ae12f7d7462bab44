"""Nothing is lost: `kill -9` at every write, a full disk, several terminals at once, a read-only tree.

The commands run as they do for a learner, in a whole copy of the dojo with three small katas.
"""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dojo.katas import ROOT as REPOSITORY
from dojo.pristine import Pristine
from dojo.progress import Progress
from tests.dojo.conftest import SOLUTION, STUB, put

FAULTS = Path(__file__).with_name("faults.py")
SECONDS = 60  # at most, for one command
CONTRACT = """\
def test_from_the_contract(run):
    assert run(lambda kata: kata.answer("!")).value == 42
"""
MINE = SOLUTION + "# mine\n"
A1 = "katas/a_first/a1_one.py"
PROGRESS = ".dojo/progress.json"
KILLED = -signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM

COMMANDS = {
    "test": ["test", "a1"],
    "hint": ["hint", "a1"],
    "reset": ["reset", "a1"],
    "new": ["new", "a", "a2", "two"],
    "check": ["check", "--write", "a1"],
    "set-up": ["set-up"],
}


class Copy:
    """A whole dojo in a folder of its own, which can be brought back to how it was."""

    def __init__(self, house, folder):
        self.house, self.root, self._before = house, house.root, folder / "before"
        self._log = folder / "changes.txt"

    def keep(self):
        """What is there now is what `bring_back` brings back."""
        shutil.copytree(self.root, self._before)

    def bring_back(self):
        shutil.rmtree(self.root)
        shutil.copytree(self._before, self.root)

    def command(self, *arguments):
        """How a learner's call ends up, once the launcher has handed over."""
        main = "import sys; sys.path[0] = sys.argv.pop(1); from dojo.cli import main; main(prog_name='kata')"
        return [sys.executable, "-c", main, str(self.root), *arguments]

    def run(self, *arguments, before=()):
        return _run([*before, *self.command(*arguments)], self.root)

    def run_with_fault(self, how, n, *arguments):
        """The finished process, and what it did: its changes of the file system up to the fault."""
        self._log.unlink(missing_ok=True)
        command = [sys.executable, str(FAULTS), how, str(n), str(self.root), str(self._log)]
        done = _run([*command, *arguments], self.root)
        changes = self._log.read_text(encoding="utf-8").splitlines()
        assert not [line for line in changes if line.startswith("unseen")], changes
        return done, changes

    def files(self):
        """The bytes of every file, but for caches, locks, and what says when it was written."""
        found = {}
        for file in sorted(self.root.rglob("*")):
            parts = file.relative_to(self.root).parts
            caches = {"__pycache__", ".pytest_cache"} & set(parts)
            if file.is_file() and not caches and file.suffix not in (".lock", ".kata-part"):
                found["/".join(parts)] = file.read_bytes()
        for name in [name for name in found if name.startswith(".dojo/")]:
            found[name] = self._dojo_file(name, found[name])
        return {"backups" if "/backups/" in k else k: v for k, v in found.items()}

    def _dojo_file(self, name, data):
        if not name.endswith("progress.json"):
            return data
        entries = json.loads(data)["katas"]
        for entry in entries.values():
            for moment in {"at", "green"} & set(entry):
                entry[moment] = "then"
        return entries

    def age_leftovers(self):
        """As if whatever was being written had been so for two minutes."""
        for part in self.root.rglob("*.kata-part"):
            os.utime(part, (time.time() - 120,) * 2)

    @property
    def leftovers(self):
        return list(self.root.rglob("*.kata-part"))


def _run(command, folder):
    return subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", timeout=SECONDS
    )


@pytest.fixture
def copy(house, tmp_path, monkeypatch):
    """The learner has written a1 with one hint, has been green in a3, and has seen two hints of b1."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONUTF8", "1")
    put(house.root / "tests" / "contract.py", CONTRACT)
    shutil.copytree(
        REPOSITORY / "dojo",
        house.root / "dojo",
        ignore=shutil.ignore_patterns("pristine.json", "rivals"),
        dirs_exist_ok=True,
    )
    for name in ("kata", "pyproject.toml", "conftest.py"):
        shutil.copy(REPOSITORY / name, house.root / name)
    house.solve("a3")
    Progress().record(house["a3"], "passed")
    Progress().record_hint(house["b1"], 2)
    Progress().record_hint(house["a1"], 1)
    put(house["a1"].file, MINE)
    copy = Copy(house, tmp_path)
    assert copy.run().returncode == 0  # leaves its caches, so that later calls start sooner
    return copy


@pytest.fixture(params=COMMANDS)
def what(request, copy):
    """A command that writes; the dojo is as it would be when somebody gives it."""
    if request.param == "check":  # an author has changed a stub
        stub = STUB.replace("think", "ponder")
        put(copy.house["a1"].file, stub)
    if request.param == "set-up":  # the second one: the first was for another Python
        copy.run_with_fault("none", 0, "set-up")
        (copy.root / ".venv" / "ready-for-kata").write_text("older", encoding="utf-8")
    copy.keep()
    return request.param


def both_states(copy, what):
    """All files before the command, and after it has run through."""
    before = copy.files()
    done, changes = copy.run_with_fault("none", 0, *COMMANDS[what])
    assert done.returncode == 0, done.stderr
    assert len(changes) > 5
    after = copy.files()
    assert after != before
    copy.bring_back()
    return before, after


def faults(copy, how, what):
    """The command once for each of its changes, which goes wrong: the process, and where that was."""
    for n in range(1, 1000):
        done, changes = copy.run_with_fault(how, n, *COMMANDS[what])
        if "fault" not in changes:
            break
        change = next(line for line in reversed(changes) if line != "fault")
        yield done, f"{how} at change {n}, {change}"
        copy.bring_back()
    assert 5 < n < 999


def without_venv(files):
    return {name: data for name, data in files.items() if not name.startswith(".venv/")}


# -- kill -9


def test_kill_9_at_every_change_of_a_file_loses_nothing(copy, what):
    before, after = both_states(copy, what)
    for killed, at in faults(copy, "killed", what):
        assert killed.returncode == KILLED, at
        now = copy.files()
        for name in without_venv({**before, **after, **now}):  # .venv is made again, as a whole
            assert now.get(name) in (before.get(name), after.get(name)), f"{at}: {name}"
        if now[A1] != before[A1]:
            assert now["backups"] == before[A1], at
        copy.age_leftovers()
        again, _ = copy.run_with_fault("none", 0, *COMMANDS[what])
        if again.returncode:
            assert what == "new" and "a2 is taken" in again.stderr, f"{at}: {again.stderr}"
        assert copy.files() == after, at
        assert not copy.leftovers, at


# -- a full disk


def test_a_full_disk_costs_one_sentence_and_nothing_else(copy, what):
    before, after = both_states(copy, what)
    for failed, at in faults(copy, "full", what):
        (sentence,) = failed.stderr.strip().splitlines()
        assert os.strerror(errno.ENOSPC) in sentence, at
        now = copy.files()
        if "could not be saved" in sentence:  # progress: the command itself has done its work
            assert failed.returncode == 0, at
            assert {**now, PROGRESS: None} == {**after, PROGRESS: None}, at
            assert now[PROGRESS] == before[PROGRESS], at
        else:
            assert failed.returncode == 2, at
            assert without_venv(now) == without_venv(before), at
        assert not copy.leftovers, at


def test_writes_that_take_only_a_part_lose_nothing(copy, what):
    _, after = both_states(copy, what)
    done, _ = copy.run_with_fault("short", 0, *COMMANDS[what])
    assert done.returncode == 0, done.stderr
    assert copy.files() == after


FILLED = """\
mount -t tmpfs -o size=64k none "$0/.dojo" || exit 77
mkdir "$0/.dojo/backups"; touch "$0/.dojo/progress.lock" "$0/.dojo/backups.lock"
cat /dev/zero 2>&- >"$0/.dojo/full"
exec "$@"
"""


@pytest.mark.parametrize(
    ("arguments", "status"), [(["hint", "a1"], 0), (["test", "a1"], 0), (["reset", "a1"], 2)]
)
def test_a_disk_that_is_really_full(copy, arguments, status):
    done = copy.run(*arguments, before=[*namespace(), "sh", "-c", FILLED, str(copy.root)])
    assert done.returncode == status, done.stderr
    (sentence,) = done.stderr.strip().splitlines()
    assert os.strerror(errno.ENOSPC) in sentence
    assert copy.house["a1"].file.read_text(encoding="utf-8") == MINE


# -- several terminals at once


def test_many_terminals_at_once_lose_nothing(copy):
    calls = [
        *(["test", "a3"], ["hint", "b1"], ["hint", "a1"]),
        *(["reset", "a1"], ["reset", "a1"]),
        *(["new", "a", "a2", "two"], ["new", "a", "a4", "four"], ["new", "b", "b2", "more"]),
        *(["new", "a", "a5", "five"], ["new", "a", "a5", "five"]),
    ]
    terminals = [start(copy, *arguments) for arguments in calls]
    ends = [terminal.communicate(timeout=SECONDS) for terminal in terminals]
    statuses = [terminal.returncode for terminal in terminals]
    assert sorted(statuses[-2:]) == [0, 2], ends[-2:]
    assert set(statuses[:-2]) == {0}, ends
    katas = [kata.id for kata in copy.house.path.katas]
    assert katas == ["a1", "a2", "a3", "a4", "a5", "b1", "b2"]
    assert all(Pristine().text(kata) for kata in copy.house.path.katas)
    assert Progress().hints(copy.house["b1"]) == 3
    backups = [file.read_text(encoding="utf-8") for file in copy.root.glob(".dojo/backups/*.py")]
    assert set(backups) == {MINE}
    assert not copy.leftovers


def test_pytest_with_workers_and_hints_meanwhile(copy):
    command = [sys.executable, "-m", "pytest", "-n", "2", "-q", "tests/a_first", "tests/b_second"]
    run = subprocess.Popen(command, cwd=copy.root, stdout=subprocess.PIPE, encoding="utf-8")
    while run.poll() is None:
        assert copy.run("hint", "b1").returncode == 0
    assert "2 passed" not in run.stdout.read()  # a1 and a3 have two tests each, b1 is a stub
    run.stdout.close()
    progress = Progress()
    verdicts = [progress.verdict(kata) for kata in copy.house.path.katas]
    assert verdicts == ["passed", "passed", "not-written"]
    assert progress.hints(copy.house["b1"]) == 3


RESETTER = """\
import sys
from pathlib import Path
sys.path[0] = sys.argv[1]
from dojo import katas, workspace
kata = katas.Curriculum().find("a1")
for n in range(20):
    kata.file.write_text(f"# {sys.argv[2]} {n}\\n" * 2000)
    try:
        print(workspace.reset(kata).name)
    except workspace.NothingToReset:
        pass
"""


def test_two_resets_at_once_keep_both_files_whole(copy):
    command = [sys.executable, "-c", RESETTER, str(copy.root)]
    both = [
        subprocess.Popen([*command, name], stdout=subprocess.PIPE, encoding="utf-8")
        for name in ("one", "two")
    ]
    names = [name for process in both for name in process.communicate(timeout=SECONDS)[0].split()]
    assert [process.returncode for process in both] == [0, 0]
    backups = {file.name: file.read_text() for file in copy.root.glob(".dojo/backups/*.py")}
    assert sorted(names) == sorted(backups)
    assert len(names) >= 20


def start(copy, *arguments):
    return subprocess.Popen(
        copy.command(*arguments),
        cwd=copy.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


# -- a read-only tree


READ_ONLY = """\
mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" || exit 77
cd "$0"
exec "$@"
"""


@pytest.fixture
def in_read_only_tree(copy):
    """What must stand before a command so that it cannot write below the root."""
    if os.name == "nt":
        pytest.skip("Windows has no read-only folders")
    if os.geteuid() == 0:  # for whom permissions do not count
        yield [*namespace(), "sh", "-c", READ_ONLY, str(copy.root)]
        return
    folders = [copy.root, *(folder for folder in copy.root.rglob("*") if folder.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield []
    for folder in folders:
        folder.chmod(0o755)


READERS = [
    [],
    ["lesson", "a1"],
    ["solution", "a1", "--yes"],
    ["diff", "a1"],
    ["run", "a3"],
    ["verify", "a1"],
    ["test", "--target", "solutions", "a1"],
    ["check", "a1"],
]


@pytest.mark.parametrize("arguments", READERS, ids=" ".join)
def test_what_only_reads_works_in_a_read_only_tree(copy, in_read_only_tree, arguments):
    done = copy.run(*arguments, before=in_read_only_tree)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "could not" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "shown"), [(["test", "a1"], "a1 is green. Next: b1"), (["hint", "a1"], "Push.")]
)
def test_in_a_read_only_tree_progress_costs_one_sentence(copy, in_read_only_tree, arguments, shown):
    done = copy.run(*arguments, before=in_read_only_tree)
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout
    (sentence,) = done.stderr.strip().splitlines()
    assert "could not be saved" in sentence


@pytest.mark.parametrize(
    "arguments", [["reset", "a1"], ["new", "a", "a2", "two"], ["check", "--write", "b1"]]
)
def test_a_read_only_tree_refuses_what_writes(copy, in_read_only_tree, arguments):
    before = copy.files()
    done = copy.run(*arguments, before=in_read_only_tree)
    assert done.returncode == 2
    (sentence,) = done.stderr.strip().splitlines()
    assert "Nothing was changed." in sentence
    assert copy.files() == before


def test_pytest_itself_runs_in_a_read_only_tree(copy, in_read_only_tree):
    shutil.rmtree(copy.root / ".pytest_cache", ignore_errors=True)
    command = [sys.executable, "-m", "pytest", "-q", "tests/a_first"]
    done = _run([*in_read_only_tree, *command], copy.root)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def namespace():
    """The command that gives mounts of its own to another one."""
    command = ["unshare", "-m"] if os.name == "posix" and os.geteuid() == 0 else ["unshare", "-rm"]
    if not shutil.which("unshare"):
        pytest.skip("unshare is missing: no mount namespaces")
    mounts = subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    if mounts.returncode:
        pytest.skip(f"no mount namespaces here: {mounts.stderr.decode().strip()}")
    return command
