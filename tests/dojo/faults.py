"""Run as a program: a command of the dojo in which the n-th change of the file system goes wrong.

    python faults.py HOW N ROOT LOG COMMAND [ARGUMENT]...

HOW     killed: SIGKILL before the N-th change, and for a write also half-way through it
        full: from the N-th change on the disk is full: what needs room raises ENOSPC
        short: every write takes one byte less than it was given
ROOT    only changes below it count
LOG     a file outside of it: a line for each change, and the word that the fault happened
COMMAND the name of a `kata` command; or `set-up`, what the launcher does on first use, without pip

Every function of `os`, and every file that is opened for writing, is wrapped before anything else is
imported. An audit hook holds that against what the interpreter itself reports: a change that came by
another way is logged as "unseen".
"""

import _io
import builtins
import errno
import io
import os
import signal
import sys

HOW, N, ROOT, LOG, *COMMAND = sys.argv[1:]
NEEDS_ROOM = ("open", "write", "fsync", "mkdir")
_log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
_os_write, _os_close = os.write, os.close
_descriptors: dict = {}  # of files below ROOT: their paths
_state = {"count": 0, "inside": 0}


def log(line):
    _os_write(_log, f"{line}\n".encode())


def counts(path):
    if isinstance(path, int):
        return path in _descriptors
    path = os.path.abspath(os.fsdecode(path))
    caches = "__pycache__" in path or ".pytest_cache" in path  # nobody misses them
    return path.startswith(ROOT + os.sep) and not caches


def shown(path):
    return os.path.relpath(os.fsdecode(_descriptors.get(path, path)), ROOT)


def die():
    log("fault")
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def change(what, path):
    """One more change is about to happen; perhaps it is the one that goes wrong."""
    _state["count"] += 1
    log(f"{what} {shown(path)}")
    if HOW == "killed" and _state["count"] == int(N):
        die()
    if HOW == "full" and _state["count"] >= int(N) and what in NEEDS_ROOM:
        log("fault")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), shown(path))


def write(descriptor, data, real):
    """`real(data)`, in two halves between which the process may be killed."""
    data = bytes(data)
    change("write", descriptor)
    if HOW == "short":
        return real(data[: max(1, len(data) - 1)])
    half = len(data) // 2
    if HOW == "killed" and half:
        taken = real(data[:half])
        change("write", descriptor)
        return taken + real(data[taken:])
    return real(data)


class Raw(_io.FileIO):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        _descriptors.setdefault(self.fileno(), self.name)

    def write(self, data):
        return write(self.fileno(), data, super().write)

    def close(self):
        if not self.closed:
            _descriptors.pop(self.fileno(), None)
        super().close()


def wrapped(name, what):
    real = getattr(os, name)

    def call(path, *arguments, **named):
        if not counts(path):
            return real(path, *arguments, **named)
        change(what, path)
        _state["inside"] += 1
        try:
            return real(path, *arguments, **named)
        finally:
            _state["inside"] -= 1

    return staticmethod(call)  # Python 3.10's pathlib makes methods of these functions


_real_open, _real_os_open = io.open, os.open


def opened(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *rest, **named):
    if not set(mode) & set("wxa+") or not counts(file):
        return _real_open(file, mode, buffering, encoding, errors, newline, *rest, **named)
    if not isinstance(file, int):
        change("open", file)
    _state["inside"] += 1
    try:
        raw = Raw(file, mode.replace("b", "").replace("t", ""), *rest, **named)
    finally:
        _state["inside"] -= 1
    buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)


def os_opened(path, flags, *rest, **named):
    if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or not counts(path):
        return _real_os_open(path, flags, *rest, **named)
    change("open", path)
    _state["inside"] += 1
    try:
        descriptor = _real_os_open(path, flags, *rest, **named)
    finally:
        _state["inside"] -= 1
    _descriptors[descriptor] = path
    return descriptor


def os_written(descriptor, data):
    if descriptor not in _descriptors:
        return _os_write(descriptor, data)
    return write(descriptor, data, lambda part: _os_write(descriptor, part))


def os_closed(descriptor):
    _descriptors.pop(descriptor, None)
    _os_close(descriptor)


CHANGES = {
    "mkdir": "mkdir",
    "rmdir": "rmdir",
    "unlink": "unlink",
    "remove": "unlink",
    "rename": "rename",
    "replace": "rename",
    "chmod": "chmod",
    "truncate": "truncate",
    "fsync": "fsync",
    "link": "link",
    "symlink": "link",
    "utime": "utime",
}
EVENTS = ("open", *(f"os.{name}" for name in CHANGES))


def audit(event, arguments):
    if event not in EVENTS or _state["inside"] or not isinstance(arguments[0], (str, bytes)):
        return
    if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return
    if counts(arguments[0]):
        log(f"unseen {event} {arguments[0]}")


for name, what in CHANGES.items():
    setattr(os, name, wrapped(name, what))
os.open, os.write, os.close = staticmethod(os_opened), os_written, os_closed
io.open = builtins.open = staticmethod(opened)
sys.addaudithook(audit)


def set_up():
    """The launcher's set-up, in which venv and pip take no time and make only what it looks at."""
    from importlib.machinery import SourceFileLoader
    from importlib.util import module_from_spec, spec_from_loader

    sys.dont_write_bytecode = True
    loader = SourceFileLoader("kata_launcher", os.path.join(ROOT, "kata"))
    launcher = module_from_spec(spec_from_loader("kata_launcher", loader))
    loader.exec_module(launcher)

    def step(title, command, explained):
        if title == "making .venv":
            os.makedirs(os.path.dirname(launcher.PYTHON), exist_ok=True)
            for file, text in (
                (launcher.PYTHON, ""),
                (
                    os.path.join(launcher.VENV, "pyvenv.cfg"),
                    f"home = {os.path.dirname(sys.executable)}\n",
                ),
            ):
                with open(file, "w") as handle:
                    handle.write(text)

    launcher.step, launcher.pip_version = step, lambda pip: (24, 0)
    launcher.hand_over = lambda command: print("handed over")
    launcher.main()


if COMMAND == ["set-up"]:
    set_up()
else:
    sys.path[0] = ROOT
    from dojo.cli import main

    main(COMMAND, prog_name="kata")
