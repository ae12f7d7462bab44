"""Hostile code gets the verdict it deserves, within the test's limit plus 2 s, and leaves the machine as it was.

Each file of tests/hostile says in its docstring what it tries (the first line), whose suite judges it (`Kata:`,
`Test:`) and the kind of verdict that is right (`Verdict:`, several where systems differ), a part of what its learner
must read (`Says:`), the port that it would keep (`Port:`), and `Sandbox: needed` if only --sandbox holds it. The
others must meet the same end with and without. All of them lie in a copy of this repository, so that nothing
is lost should a wall not hold.
"""

import ast
import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from dojo.katas import ROOT, Curriculum
from dojo.scenarios import LIMIT

HOSTILE = ROOT / "tests" / "hostile"
TREES = ("katas", "solutions", "tests", "dojo")
OUTSIDE = 21714  # where the test itself listens: calls_home.py must not be heard
SLACK = 2.0  # seconds beyond the limit of one test until its verdict
GIVE_UP = 120.0  # seconds until the judge is ended that gives no verdict at all

# Prints what every test came to, and how many seconds an innocent call takes on this machine at this moment.
JUDGE = """
import json, sys, time
import pytest
from dojo.katas import Curriculum
from dojo.scenarios import Run
from dojo.submission import Submission
from dojo.verdicts import Verdicts
verdicts = Verdicts()
pytest.main(["-p", "no:cacheprovider", "-p", "no:terminal", *sys.argv[1:]], plugins=[verdicts])
innocent = Run(Submission(Curriculum().find("a1"), Curriculum().find("a1").solution))
calls = []
for _ in range(3):
    began = time.perf_counter()
    innocent(lambda kata: None, limit=30)
    calls.append(time.perf_counter() - began)
print(json.dumps([max(calls), *(test for tests in verdicts.details.values() for test in tests)]))
"""

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="hostile code is written for POSIX"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]


@dataclass(frozen=True)
class Hostile:
    file: Path
    tries: str
    fields: dict[str, str]

    @classmethod
    def read(cls, file):
        lines = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))).splitlines()
        return cls(file, lines[0], dict(line.split(": ", 1) for line in lines[1:] if ": " in line))

    @property
    def kata(self):
        return Curriculum().find(self.fields["Kata"])


SUBMISSIONS = [Hostile.read(file) for file in sorted(HOSTILE.glob("*.py"))]
CASES = [
    pytest.param(hostile, sandbox, id=f"{hostile.file.stem}-{'sandbox' if sandbox else 'bare'}")
    for hostile in SUBMISSIONS
    for sandbox in (False, True)
    if sandbox or "Sandbox" not in hostile.fields
]


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    """This repository again, as a learner's: with progress in it, and without a judge of its own."""
    folder = tmp_path_factory.mktemp("copy")
    unneeded = shutil.ignore_patterns("__pycache__", "impostors", "proofs")
    for tree in ("katas", "solutions", "tests"):
        shutil.copytree(ROOT / tree, folder / tree, ignore=unneeded)
    (folder / ".dojo").mkdir()
    (folder / ".dojo" / "progress.json").write_text('{"a1": "failed"}')
    return folder


@pytest.fixture
def outside():
    """A server of this machine; who is confined must not reach it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", OUTSIDE))
        listener.listen()
        listener.setblocking(False)
        yield listener


@pytest.fixture
def sandbox_arguments(request):
    if not request.getfixturevalue("sandbox"):
        return []
    why = no_sandbox()
    return pytest.skip(why) if why else ["--sandbox"]


@functools.cache
def no_sandbox():
    """Why there is none here, or "": asked of a process of its own, for who enters one cannot leave it again."""
    ask = "from dojo import sandbox; sandbox.enter()"
    result = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, timeout=GIVE_UP
    )
    return "" if result.returncode == 0 else result.stderr.strip().splitlines()[-1]


def contents(copy):
    """Size and time of the last change, which nobody can set, of every file of the copy and of this repository."""
    waiting = [str(copy), *(str(ROOT / tree) for tree in TREES)]
    found = {}
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting += [entry.path] * (entry.name != "__pycache__")
            else:
                found[entry.path] = (entry.stat().st_size, entry.stat().st_ctime_ns)
    return found


def left_running():
    """Processes that descend from this one, which on Linux adopts all orphans (dojo.process.adopt_orphans)."""
    found = psutil.Process().children(recursive=True)
    return [p for p in found if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def submit(copy, hostile):
    target = copy / "submitted" / hostile.kata.relative
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(hostile.file, target)


def judged(copy, hostile, arguments):
    """What the judge's process says of the one test, and the seconds of an innocent call beside it."""
    test = f"{hostile.kata.suite}::{hostile.fields['Test']}"
    command = [
        sys.executable,
        "-B",
        "-c",
        JUDGE,
        *arguments,
        f"--target={copy / 'submitted'}",
        test,
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        said, errors = process.communicate(timeout=GIVE_UP)
    finally:
        process.kill()
    assert process.returncode == 0, f"the judge ended with {process.returncode}: {errors[-2000:]}"
    call, test = json.loads(said.splitlines()[-1])
    return test, call


def is_free(port):
    """Whether it can be had, at the latest when the same file's other case, which may run just now, is over."""
    deadline = time.monotonic() + 2 * LIMIT
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(("hostile", "sandbox"), CASES)
def test_it_harms_nothing(hostile, sandbox, copy, outside, sandbox_arguments):
    submit(copy, hostile)
    before, running = contents(copy), {p.pid for p in left_running()}
    test, call = judged(copy, hostile, sandbox_arguments)

    left = [p for p in left_running() if p.pid not in running]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    assert not left, f"still running: {left}"
    assert contents(copy) == before, "files outside the child's folder have changed"
    with pytest.raises(BlockingIOError):
        outside.accept()
    if port := hostile.fields.get("Port"):
        assert is_free(int(port)), f"port {port} is still taken"

    kind = "passed" if test["outcome"] == "passed" else test["facts"].get("kind", test["outcome"])
    print(f"{kind}, {test['seconds']:.1f} s: {test['message']}")  # shown by pytest -rP
    assert kind in hostile.fields["Verdict"].split(", "), f"{hostile.tries} {test['message']}"
    assert hostile.fields.get("Says", "") in test["message"]
    late = test["seconds"] - LIMIT - call
    assert late <= SLACK, f"{late:.1f} s after its limit, a call's own {call:.2f} s not counted"


def test_there_are_enough_of_them():
    assert len(SUBMISSIONS) >= 30
    assert all(hostile.tries.endswith(".") for hostile in SUBMISSIONS)
