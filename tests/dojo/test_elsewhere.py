"""What other systems do to us: line ends, consoles, few descriptors, no fork; and the imitation that shows it here."""

import json
import os
import select
import selectors
import shutil
import socket
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from dojo import watching
from dojo.cli import main
from dojo.console import printable
from dojo.imitation import SYSTEMS
from dojo.katas import ROOT, Curriculum
from dojo.proofs import judge

LIMIT = 120  # seconds for a command that takes a few
KATAS = Curriculum().katas
needs_limits = pytest.mark.skipif(os.name == "nt", reason="needs the module resource")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux imitates, others are")


def python(*arguments, cwd=ROOT, **options):
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, timeout=LIMIT, **options
    )


# -- line ends: what git makes of a checkout where core.autocrlf is true


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkout") / "dojo"
    passed_over = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
    shutil.copytree(ROOT, root, ignore=passed_over)
    shutil.copy(ROOT / ".gitignore", root)
    for file in root.rglob("*"):
        if file.is_file() and b"\0" not in (data := file.read_bytes()):
            file.write_bytes(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    return root


def kata_in(checkout, *arguments):
    result = python("-X", "utf8", "-m", "dojo", *arguments, cwd=checkout)
    told = (result.stdout + result.stderr).decode().replace("\r\n", "\n")
    assert "Traceback" not in told, told
    return result.returncode, told


def test_the_rules_for_katas_hold_in_a_checkout_of_windows(checkout):
    assert kata_in(checkout, "check", "--strict")[0] == 0


def test_suites_are_green_in_a_checkout_of_windows(checkout):
    code, told = kata_in(checkout, "test", "a5", "c1", "d6", "--target", "solutions", "--json")
    verdicts = {entry["kata"]: entry["verdict"] for entry in map(json.loads, told.splitlines())}
    assert (code, verdicts) == (0, {"a5": "passed", "c1": "passed", "d6": "passed"}), told


def test_progress_and_stubs_are_the_same_in_a_checkout_of_windows(checkout):
    script = (
        "from dojo.katas import Curriculum, ROOT; from dojo.progress import content;"
        "from dojo.pristine import Pristine; stubs = Pristine(); katas = Curriculum().katas;"
        "print([(kata.id, content(kata), stubs.holds(kata)) for kata in katas])"
    )
    here, there = python("-c", script), python("-c", script, cwd=checkout)
    assert here.returncode == 0, here.stderr
    assert there.stdout.split() == here.stdout.split()


@pytest.mark.parametrize("command", [("lesson", "a2", "--plain"), ("solution", "a2", "--yes")])
def test_texts_are_the_same_in_a_checkout_of_windows(checkout, command):
    assert kata_in(checkout, *command) == kata_in(ROOT, *command)


def test_a_diff_with_other_line_ends_shows_no_difference(checkout):
    text = (checkout / "solutions" / "a_coroutines" / "a1_serial.py").read_bytes()
    mine = checkout / "katas" / "a_coroutines" / "a1_serial.py"
    before = mine.read_bytes()
    mine.write_bytes(text.replace(b"\r\n", b"\n"))
    told = kata_in(checkout, "diff", "a1")[1]
    mine.write_bytes(before)
    assert told.strip() == "Your file is the reference, line for line."


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_after_a_reset_git_sees_no_change(checkout):
    def git(*arguments):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=true"]
        command = ["git", *who, *arguments]
        return subprocess.run(command, cwd=checkout, check=True, capture_output=True).stdout

    kata_in(checkout, "reset", "a2")  # this copy may have been solved
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "as it came"]):
        git(*command)
    mine = checkout / "katas" / "a_coroutines" / "a2_yield.py"
    mine.write_bytes(mine.read_bytes() + b"# mine\r\n")
    assert git("status", "--porcelain").split() == [b"M", b"katas/a_coroutines/a2_yield.py"]
    assert kata_in(checkout, "reset", "a2")[0] == 0
    assert git("status", "--porcelain") == b""


# -- a console of code page 1252

CONSOLE = {
    **os.environ,
    "PYTHONIOENCODING": "cp1252",
    "PYTHONUTF8": "0",
    "LC_ALL": "C",
    "PYTHONCOERCECLOCALE": "0",
}


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_every_text_has_readable_signs_on_a_console_of_windows(kata):
    plain = ("--plain",)
    for command in (("lesson", kata.id, *plain), ("solution", kata.id, "--yes"), ("diff", kata.id)):
        here = CliRunner().invoke(main, command)
        there = CliRunner(charset="cp1252").invoke(main, command)
        assert there.exception is None, there.exception
        assert there.output.count("?") == here.output.count("?"), command


@pytest.mark.parametrize(
    ("command", "code", "signs"),
    [
        ([], 0, "> a1"),
        (["lesson", "a2"], 0, "The idea"),
        (["hint", "no-such-kata"], 2, "no-such-kata"),
        (["trace", "a4", "--target", "solutions"], 0, "#"),
        (["run", "a1", "--target", "solutions"], 0, ""),
        (["test", "a1", "--target", "{impostor}"], 1, "x "),
        (["test", "b1", "--target", "solutions"], 0, "+"),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, list) else "",
)
def test_every_command_prints_on_a_console_of_windows(command, code, signs):
    impostor = next(Curriculum().find("a1").impostors.glob("*.py"))
    arguments = [part.replace("{impostor}", str(impostor)) for part in command]
    result = python("-m", "dojo", *arguments, env=CONSOLE)
    told = (result.stdout + result.stderr).decode("cp1252")
    assert "Traceback" not in told and "UnicodeEncodeError" not in told, told
    assert result.returncode == code, told
    assert signs in told, told


def test_each_sign_of_ours_has_a_plain_form():
    class Console:
        encoding = "cp1252"

    texts = [kata.lesson.read_text(encoding="utf-8") for kata in KATAS]
    texts += [file.read_text(encoding="utf-8") for file in (ROOT / "dojo").glob("*.py")]
    for text in texts:
        assert printable(text, Console).count("?") == text.count("?")


# -- 256 descriptors, as macOS gives them


def with_descriptors(soft, hard, *arguments):
    import resource

    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] if hard is None else hard
    limit = (
        f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {most}))"
    )
    become = f"{limit}; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    result = python("-c", become, "-m", "dojo", "test", *arguments, "--json")
    (line,) = result.stdout.decode().splitlines()
    return json.loads(line)["tests"]


@needs_limits
def test_a_soft_limit_of_256_descriptors_is_raised():
    tests = with_descriptors(256, None, "d2", "--target", "solutions")
    assert {test["outcome"] for test in tests} == {"passed"}, tests


@needs_limits
def test_beyond_a_hard_limit_of_256_descriptors_a_test_is_skipped_with_the_cure():
    tests = with_descriptors(256, 256, "d2", "--target", "solutions")
    skipped = {test["name"]: test["message"] for test in tests if test["outcome"] == "skipped"}
    assert list(skipped) == ["test_clients_past_fd_setsize_are_turned_away"]
    assert "the hard limit is 256: raise it (ulimit -Hn" in "".join(skipped.values())
    assert all(test["outcome"] != "failed" for test in tests), tests


# -- where select is all there is


@pytest.fixture
def crowded(monkeypatch):
    """A selector as for Windows, at two sockets a call, and five pairs of sockets."""
    real = select.select

    def like_windows(*lists):
        assert any(lists[:3]), "WSAEINVAL"
        assert max(map(len, lists[:3])) <= 2, "too many"
        return real(*lists)

    monkeypatch.setattr(select, "select", like_windows)
    monkeypatch.setattr(selectors, "DefaultSelector", selectors.SelectSelector)
    monkeypatch.setattr(watching, "AT_ONCE", 2)
    pairs = [socket.socketpair() for _ in range(5)]
    with watching.new_selector() as selector:
        yield selector, pairs
    for pair in pairs:
        for sock in pair:
            sock.close()


def test_without_sockets_a_look_takes_its_time(crowded):
    selector, _ = crowded
    began = time.perf_counter()
    assert selector.select(0.1) == []
    assert time.perf_counter() - began > 0.05


def test_more_sockets_than_select_takes_are_all_looked_at(crowded):
    selector, pairs = crowded
    for number, (one, _) in enumerate(pairs):
        selector.register(one, selectors.EVENT_READ, number)
    assert selector.select(0.01) == []
    for number, (_, other) in enumerate(pairs):
        other.send(b"!")
        assert {key.data for key, _ in selector.select(1)} == set(range(number + 1))
    selector.modify(pairs[0][0], selectors.EVENT_READ | selectors.EVENT_WRITE, 0)
    both = selectors.EVENT_READ | selectors.EVENT_WRITE
    assert {mask for key, mask in selector.select(1) if key.data == 0} == {both}


# -- the imitation itself

ASK = """
import json, multiprocessing, os, pathlib, select, selectors, signal, socket, subprocess, sys, time
from dojo import imitation
imitation.begin(sys.argv[1])

def outcome(call):
    try:
        return str(call())
    except Exception as error:
        return f"{type(error).__name__} {getattr(error, 'errno', None) or error}"

pipe = os.pipe()
pair = socket.socketpair()
many = [socket.socket() for _ in range(200)]
def try_to_import():
    import fcntl
    return "there"
def refused():
    gone = socket.create_server(("127.0.0.1", 0))
    address = gone.getsockname()
    gone.close()
    with socket.socket() as sock:
        sock.setblocking(False)
        sock.connect_ex(address)
        return [len(found) for found in select.select([sock], [sock], [sock], 5)]
print(json.dumps({
    "platform": [sys.platform, os.name],
    "there": [name for module, name in (
        (os, "fork"), (os, "sched_getaffinity"), (signal, "SIGALRM"), (signal, "SIGTERM"), (signal, "SIGKILL"),
        (select, "poll"), (select, "epoll"), (socket, "AF_UNIX"), (socket, "MSG_NOSIGNAL"), (pair[0], "sendmsg"),
    ) if hasattr(module, name)],
    "best": selectors.DefaultSelector.__name__,
    "fcntl": outcome(try_to_import),
    "proc": [os.path.exists("/proc/self/stat"), outcome(lambda: bool(open("/proc/self/stat")))],
    "methods": multiprocessing.get_all_start_methods(),
    "pair": pair[0].family.name,
    "nothing": outcome(lambda: select.select([], [], [], 0)),
    "pipe": outcome(lambda: select.select([pipe[0]], [], [], 0)),
    "many": outcome(lambda: select.select(many * 3, [], [], 0)),
    "refused": refused(),
    "libraries": [subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True).stdout.decode(),
                  __import__("psutil").Process().ppid() == os.getppid()],
}))
"""


@pytest.fixture
def imitated(tmp_path):
    script = tmp_path / "ask.py"
    script.write_text(ASK, encoding="utf-8")

    def ask(system):
        result = python(str(script), system)
        assert result.returncode == 0, result.stderr.decode()
        return json.loads(result.stdout)

    return ask


@needs_linux
def test_the_imitation_of_windows(imitated):
    assert imitated("windows") == {
        "platform": ["win32", "nt"],
        "there": ["SIGTERM"],
        "best": "SelectSelector",
        "fcntl": "ModuleNotFoundError No module named 'fcntl'",
        "proc": [False, "FileNotFoundError 2"],
        "methods": ["spawn"],
        "pair": "AF_INET",
        "nothing": "OSError 10022",
        "pipe": "OSError 10038",
        "many": "ValueError too many file descriptors in select()",
        "refused": [0, 0, 1],
        "libraries": ["1\n", True],
    }


@needs_linux
def test_the_imitation_of_macos(imitated):
    told = imitated("macos")
    there = ["fork", "SIGALRM", "SIGTERM", "SIGKILL", "poll", "AF_UNIX", "sendmsg"]
    assert told["platform"] == ["darwin", "posix"]
    assert told["there"] == there
    assert (told["best"], told["fcntl"], told["methods"]) == ("PollSelector", "there", ["spawn"])
    assert told["proc"] == [False, "FileNotFoundError 2"]
    assert told["libraries"] == ["1\n", True]


@needs_linux
@pytest.mark.parametrize("system", SYSTEMS)
def test_judge_and_child_imitate_the_same_system(system, tmp_path):
    source = (
        "import select, sys\ndef eat_and_play(name, log):\n"
        "    raise ValueError(sys.platform, hasattr(select, 'epoll'))\n"
    )
    (tmp_path / "b1.py").write_text(source, encoding="utf-8")
    tests = judge(Curriculum().find("b1"), tmp_path / "b1.py", imitating=system)
    told = "\n".join(test["message"] for test in tests)
    assert {"windows": "win32", "macos": "darwin"}[system] in told and "False" in told, told
