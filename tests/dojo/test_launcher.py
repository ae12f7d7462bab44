"""The launcher `kata`: first set-up, repair, two at once, old Pythons. pip and venv are played by fakes."""

import ast
import os
import shutil
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parent.parent.parent / "kata"
PYPROJECT = "[project]\nname = 'x'\n\n[tool.ruff]\n"


@pytest.fixture
def launcher(tmp_path, monkeypatch):
    """The launcher as a module, copied into a folder of its own whose name has a space."""
    root = tmp_path / "my dojo"
    root.mkdir()
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    shutil.copy(LAUNCHER, root / "kata")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("kata_launcher", str(root / "kata"))
    module = module_from_spec(spec_from_loader("kata_launcher", loader))
    loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", [str(root / "kata"), "test", "a1"])
    return module


class Machine:
    """Plays venv and pip: notes each step, makes what it would make, fails where told to."""

    def __init__(self, launcher):
        self.launcher, self.steps, self.fails, self.handed_over = launcher, [], {}, None
        self.pip = (24, 0)

    def step(self, title, command, explained):
        self.steps.append(title)
        failure = self.fails.pop(title, None)
        if failure is not None:
            raise failure
        if title == "making .venv":
            python = Path(self.launcher.PYTHON)
            python.parent.mkdir(parents=True, exist_ok=True)
            python.write_text("")
            home = os.path.dirname(sys.executable)
            Path(self.launcher.VENV, "pyvenv.cfg").write_text(f"home = {home}\nversion = 3.11.1\n")

    def hand_over(self, command):
        self.handed_over = command


@pytest.fixture
def machine(launcher, monkeypatch):
    machine = Machine(launcher)
    monkeypatch.setattr(launcher, "step", machine.step)
    monkeypatch.setattr(launcher, "hand_over", machine.hand_over)
    monkeypatch.setattr(launcher, "pip_version", lambda pip: machine.pip)
    return machine


WHOLE = ["making .venv", "installing"]


def test_the_first_call_sets_up_and_hands_over(launcher, machine):
    launcher.main()
    assert machine.steps == WHOLE
    python, _, _, root, *arguments = machine.handed_over
    assert (python, root, arguments) == (launcher.PYTHON, launcher.ROOT, ["test", "a1"])


def test_later_calls_only_hand_over(launcher, machine):
    launcher.main()
    machine.steps.clear()
    launcher.main()
    assert machine.steps == [] and machine.handed_over


@pytest.mark.parametrize("title", WHOLE)
@pytest.mark.parametrize("how", ["refused", "stopped", "killed"])
def test_an_interrupted_set_up_is_repaired(launcher, machine, title, how, capsys):
    class Killed(BaseException):
        pass

    machine.fails[title] = {
        "refused": launcher.Refused("The disk is full."),
        "stopped": KeyboardInterrupt(),
        "killed": Killed(),
    }[how]
    with pytest.raises((SystemExit, Killed)) as caught:
        launcher.main()
    if how != "killed":
        assert caught.value.code == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert machine.handed_over is None
    machine.steps.clear()
    launcher.main()
    assert machine.steps == WHOLE and machine.handed_over


def change_requirements(launcher):
    Path(launcher.ROOT, "pyproject.toml").write_text(PYPROJECT.replace("'x'", "'y'"))


def lose_python(launcher):
    os.remove(launcher.PYTHON)


def lose_stamp(launcher):
    os.remove(launcher.STAMP)


def upgrade_python(launcher):
    config = Path(launcher.VENV, "pyvenv.cfg")
    config.write_text(config.read_text().replace("3.11.1", "3.12.0"))


def uninstall_python(launcher):
    config = Path(launcher.VENV, "pyvenv.cfg")
    config.write_text("home = /nowhere/at/all\n")
    Path(launcher.STAMP).write_text(launcher.stamp())


@pytest.mark.parametrize(
    "change", [change_requirements, lose_python, lose_stamp, upgrade_python, uninstall_python]
)
def test_what_no_longer_fits_is_set_up_again(launcher, machine, change):
    launcher.main()
    change(launcher)
    machine.steps.clear()
    launcher.main()
    assert machine.steps == WHOLE


def test_a_moved_repository_is_set_up_again(launcher, machine, monkeypatch):
    launcher.main()
    machine.steps.clear()
    monkeypatch.setattr(launcher, "ROOT", launcher.ROOT + " elsewhere")
    os.makedirs(launcher.ROOT)
    shutil.copy(Path(launcher.VENV, "..", "pyproject.toml"), launcher.ROOT)
    launcher.main()
    assert machine.steps == WHOLE


def test_settings_of_tools_change_nothing(launcher, machine):
    launcher.main()
    Path(launcher.ROOT, "pyproject.toml").write_text(PYPROJECT + "line-length = 80\n")
    machine.steps.clear()
    launcher.main()
    assert machine.steps == []


def test_an_old_pip_is_updated_first(launcher, machine):
    machine.pip = (21, 2)
    launcher.main()
    assert machine.steps == ["making .venv", "updating pip", "installing"]


def test_a_venv_of_somebody_else_is_used_and_never_emptied(launcher, machine, monkeypatch):
    machine.step("making .venv", [], None)
    treasure = Path(launcher.VENV, "treasure")
    treasure.write_text("mine")
    monkeypatch.setattr(launcher, "quietly", lambda command: 0)
    machine.steps.clear()
    launcher.main()
    assert machine.steps == ["installing"]
    assert treasure.read_text() == "mine"


def test_a_useless_venv_of_somebody_else_is_left_alone(launcher, machine, monkeypatch, capsys):
    treasure = Path(launcher.VENV, "treasure")
    treasure.parent.mkdir()
    treasure.write_text("mine")
    with pytest.raises(SystemExit) as caught:
        launcher.main()
    assert caught.value.code == 2
    assert "Move it away" in capsys.readouterr().err
    assert treasure.read_text() == "mine"


def test_a_missing_venv_module_names_the_package(launcher, machine, monkeypatch, capsys):
    import importlib.util

    exists = os.path.exists
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(
        launcher.os.path, "exists", lambda path: path == "/etc/debian_version" or exists(path)
    )
    with pytest.raises(SystemExit) as caught:
        launcher.main()
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "sudo apt install python3" in said and "-venv" in said
    assert not exists(launcher.VENV)


def test_a_folder_that_cannot_be_written_is_one_sentence(launcher, machine, capsys):
    Path(launcher.ROOT, ".dojo").write_text("in the way")
    with pytest.raises(SystemExit) as caught:
        launcher.main()
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert ".dojo" in said and len(said.strip().splitlines()) == 1


# -- steps, with real processes


def failing(launcher, code):
    with pytest.raises(launcher.Refused) as caught:
        launcher.step("installing", [sys.executable, "-c", code], launcher.cannot_install)
    return str(caught.value)


def test_a_failed_step_says_what_pip_said(launcher):
    os.makedirs(launcher.VENV)
    said = failing(launcher, "print('ERROR: no such host\\nnote: x'); raise SystemExit(1)")
    assert "Is there a network?" in said and said.endswith("\n  ERROR: no such host")
    assert "note: x" in Path(launcher.LOG).read_text(encoding="utf-8")


def test_a_full_disk_is_named(launcher):
    os.makedirs(launcher.VENV)
    said = failing(launcher, "raise SystemExit('[Errno 28] No space left on device')")
    assert said.startswith("The disk is full")


def test_a_venv_for_which_there_is_no_room_is_no_missing_package(launcher):
    said = launcher.cannot_make_venv("Error: [Errno 28] No space left on device: '.venv/lib'")
    assert said.startswith("The disk is full")


def test_settings_that_lead_pip_away_are_dropped(launcher, monkeypatch):
    for name in ("PIP_TARGET", "PYTHONPATH", "PIP_PREFIX"):
        monkeypatch.setenv(name, "/elsewhere")
    settings = launcher.environment()
    assert not {"PIP_TARGET", "PYTHONPATH", "PIP_PREFIX"} & set(settings)
    assert settings["PIP_USER"] == "0"


TWO_AT_ONCE = """\
import sys, time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
sys.dont_write_bytecode = True
loader = SourceFileLoader("kata_launcher", sys.argv[1])
launcher = module_from_spec(spec_from_loader("kata_launcher", loader))
loader.exec_module(launcher)
lock = open(sys.argv[2], "a+b")
launcher.wait_for(lock)
began = time.time()
time.sleep(0.3)
print(began, time.time())
"""


def test_two_set_ups_take_turns(launcher, tmp_path):
    command = [sys.executable, "-c", TWO_AT_ONCE, str(LAUNCHER), str(tmp_path / "lock")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    spans = sorted(process.communicate(timeout=60)[0].splitlines()[-1].split() for process in both)
    assert float(spans[0][1]) <= float(spans[1][0])


KILLED = """\
import os, sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
sys.dont_write_bytecode = True
loader = SourceFileLoader("kata_launcher", sys.argv[1])
launcher = module_from_spec(spec_from_loader("kata_launcher", loader))
loader.exec_module(launcher)
pip = "import time; print('begun', flush=True); time.sleep(0.5); print('over', time.time())"
def install():
    process = launcher.start([sys.executable, "-c", pip])
    print(process.stdout.readline())
    os.kill(os.getpid(), 9)
launcher.install = install
launcher.make_venv = lambda: None
launcher.set_up()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows locks end with the process that took them")
def test_the_pip_of_a_killed_set_up_is_waited_for(launcher, tmp_path):
    began = time.monotonic()
    command = [sys.executable, "-c", KILLED, str(Path(launcher.ROOT, "kata"))]
    killed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "begun" in killed.stdout and killed.returncode == -9
    lock = Path(launcher.LOCK)
    with open(lock, "a+b") as handle:
        assert not launcher.try_lock(handle)
        launcher.wait_for(handle)
    assert time.monotonic() - began > 0.5


# -- which Python


def test_old_pythons_can_read_it():
    source = LAUNCHER.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))


def test_an_old_python_without_a_newer_one_says_what_is_needed(launcher, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as caught:
        launcher.main()
    assert caught.value.code == 2
    assert "needs Python 3.10 or newer, this is 3.8" in capsys.readouterr().err


def test_an_old_python_hands_over_to_the_newest_that_works(launcher, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 8, 1))
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    # 3.14's command is there, but only says that it is not installed.
    monkeypatch.setattr(subprocess, "call", lambda command, **_: int("3.14" in command[0]))

    class Started(Exception):
        pass

    def hand_over(command):
        raise Started(command)

    monkeypatch.setattr(launcher, "hand_over", hand_over)
    with pytest.raises(Started) as caught:
        launcher.main()
    assert caught.value.args[0] == [
        "/bin/python3.13",
        os.path.join(launcher.ROOT, "kata"),
        "test",
        "a1",
    ]


@pytest.mark.skipif(os.name == "nt", reason="there the file is started with py")
def test_it_is_executable():
    assert os.access(LAUNCHER, os.X_OK)


def test_files_of_the_current_folder_shadow_nothing(launcher, tmp_path):
    """The command that the launcher hands over to, run where a learner keeps a select.py."""
    for name in ("select.py", "click.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('shadowed')", encoding="utf-8")
    root = str(LAUNCHER.parent)
    command = [sys.executable, "-c", launcher.HAND_OVER, root, "--help"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and "shadowed" not in result.stderr
    assert result.stdout.startswith("Usage: kata")
