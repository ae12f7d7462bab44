"""`--sandbox`: what code in it sees and may do, as root and as another user; and the refusal where there is none."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dojo import sandbox
from dojo.katas import ROOT

NOBODY = 65534  # a user without rights on every Linux

# Enters the sandbox as user argv[1] and runs a child that looks around; prints what it saw.
LOOK = """
import json, os, sys
if int(sys.argv[1]) != os.geteuid():
    os.setgroups([])
    os.setresgid(*[int(sys.argv[1])] * 3)
    os.setresuid(*[int(sys.argv[1])] * 3)
from pathlib import Path
from dojo import sandbox
from dojo.katas import Curriculum, ROOT
from dojo.process import Child
from dojo.shipping import ship

def make():
    def look(kata):
        import os, resource, socket, threading

        def attempt(act):
            try:
                return repr(act())
            except OSError as error:
                return type(error).__name__

        root = os.path.dirname(os.path.dirname(os.path.dirname(kata.__file__)))
        tree = [os.path.join(f, n) for f, _, names in os.walk(root) for n in names if "/.venv/" not in f]
        with open("/proc/self/status") as file:
            status = dict(line.split(":\\t", 1) for line in file.read().splitlines())
        threads = []
        def bomb():
            for _ in range(2 * kata.TASKS):
                if os.fork() == 0:
                    os.read(reading, 1)
                    os._exit(0)
                threads.append(1)
        reading, writing = os.pipe()
        crowded = attempt(bomb)
        os.close(writing)
        return {
            "tree": [os.path.relpath(file, root) for file in tree],
            "cwd": os.getcwd(),
            "processes": [name for name in os.listdir("/proc") if name.isdigit()][:2],
            "pid": os.getpid(),
            "user": os.getuid(),
            "capabilities": int(status["CapEff"], 16) | int(status["CapPrm"], 16),
            "interfaces": [name for _, name in socket.if_nameindex()],
            "loopback": attempt(lambda: socket.create_server(("127.0.0.1", 0)).close()),
            "outside": attempt(lambda: socket.create_connection(("192.0.2.1", 80), 2)),
            "own file": attempt(lambda: open(kata.__file__, "w")),
            "library": attempt(lambda: open(os.__file__, "a")),
            "tmp": attempt(lambda: open("/tmp/mine", "w").write("x")),
            "shm": attempt(lambda: open("/dev/shm/mine", "w").write("x")),
            "passwords": attempt(lambda: open("/etc/shadow")),
            "environment": sorted(os.environ),
            "crowded": crowded,
            "forked": len(threads),
        }
    return look

sandbox.TASKS = 60
sandbox.enter()
kata = Curriculum().find("a1")
os.environ["SECRET"] = "outside only"
with Child(Path(sys.argv[2]), kata.slug, scenario=ship(make())) as child:
    seen = next(r for r in child.reports(20) if r and r["event"] in ("returned", "raised", "gone"))
    stood = [child.pid, child.process.pid]
    code = child.process.wait(5)
    alive = [p.pid for p in child.offspring()]
if seen["event"] != "returned":
    raise SystemExit(str(seen))
print(json.dumps({**seen["value"], "pids": stood, "code": code, "alive": alive}))
"""


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "TMPDIR": "/tmp"},
    )


def available(user):
    """Skip where `user` cannot have a sandbox."""
    if sys.platform != "linux":
        pytest.skip("namespaces exist on Linux only")
    if user != os.geteuid() and os.geteuid() != 0:
        pytest.skip("needs root, to become another user")
    if user != os.geteuid():
        setpriv = shutil.which("setpriv") or pytest.skip("needs setpriv")
        become = [setpriv, f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        if subprocess.run([*become, "test", "-x", os.path.realpath(sys.executable)]).returncode:
            pytest.skip("this interpreter is for root only")


@pytest.fixture(scope="module", params=["this user", "nobody"])
def view(request, tmp_path_factory):
    """What a child in the sandbox says that it sees."""
    user = NOBODY if request.param == "nobody" else os.geteuid()
    available(user)
    folder = tmp_path_factory.mktemp("tree") / "katas" / "a_coroutines"
    folder.mkdir(parents=True)
    for path in [folder, *folder.parents]:
        if path.is_relative_to("/tmp/") and path.stat().st_uid == os.geteuid():
            path.chmod(0o755)
    (folder / "neighbour.py").write_text("secret = 1\n")
    file = folder / "a1_serial.py"
    file.write_text("TASKS = 60\n")
    result = run(LOOK, user, file)
    if "cannot be had here" in result.stderr:
        pytest.skip(result.stderr.strip().splitlines()[-1])
    assert result.returncode == 0, result.stderr + result.stdout
    return {**json.loads(result.stdout), "submitted": file.read_text()}


def test_of_the_repository_it_sees_its_own_file_only(view):
    assert view["tree"] == ["katas/a_coroutines/a1_serial.py"]


def test_it_stands_in_a_folder_of_its_own_and_may_write_there(view):
    assert view["cwd"] == "/tmp"
    assert (view["tmp"], view["shm"]) == ("1", "1")


def test_it_writes_nowhere_else(view):
    for place in ("own file", "library"):
        assert view[place] in ("OSError", "PermissionError")
    assert view["submitted"] == "TASKS = 60\n"


def test_it_sees_no_process_but_its_own(view):
    assert view["pid"] == 2
    assert view["processes"] == ["1", "2"]


def test_it_has_no_rights_whoever_started_it(view):
    assert view["user"] != 0
    assert view["capabilities"] == 0
    assert view["passwords"] in ("FileNotFoundError", "PermissionError")


def test_its_network_is_loopback(view):
    assert view["interfaces"] == ["lo"]
    assert view["loopback"] == "None"
    assert view["outside"] == "OSError"


def test_it_knows_nothing_of_the_environment(view):
    assert "SECRET" not in view["environment"]


def test_it_may_have_so_many_processes_and_no_more(view):
    assert view["crowded"] == "BlockingIOError"
    assert view["forked"] < 60


def test_the_judge_knows_it_by_its_number_outside(view):
    kata, guard = view["pids"]
    assert kata not in (guard, 2)
    assert view["code"] == 0


REFUSE = """
import sys
import pytest
from dojo import sandbox
def forbidden(): raise OSError(1, "Operation not permitted")
sandbox._leave_the_network = forbidden
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--sandbox", "--target=solutions", sys.argv[1]]))
"""
SUITE = Path("tests", "a_coroutines", "test_a1_serial.py")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is refused anyway")
def test_where_namespaces_are_forbidden_nothing_runs():
    result = run(REFUSE, SUITE)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--sandbox cannot be had here: [Errno 1] Operation not permitted" in result.stderr
    assert "passed" not in result.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is refused anyway")
def test_where_a_child_cannot_be_confined_nothing_runs():
    failing = REFUSE.replace(
        "sandbox._leave_the_network = forbidden",
        "sandbox._leave_the_network = lambda: None; sandbox._shown = lambda: ['/nowhere']",
    )
    result = run(failing, SUITE)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--sandbox cannot be had here: [Errno 2] No such file or directory" in result.stderr


def test_another_system_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(sandbox.Refused, match=r"--sandbox needs Linux, this is darwin\."):
        sandbox.enter()
    assert not sandbox.wanted


def test_a_repository_inside_the_interpreters_folders_is_refused(monkeypatch):
    monkeypatch.setattr(sandbox, "SYSTEM", (str(ROOT.parent),))
    sandbox._shown.cache_clear()
    with pytest.raises(sandbox.Refused, match="the repository lies in"):
        sandbox._shown()
    sandbox._shown.cache_clear()
