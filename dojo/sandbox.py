"""`--sandbox`: the judge's side of the walls around the learner's code (the child's side: dojo/inside/sandbox.py).

The judge moves into a network namespace with nothing but loopback before any child or worker exists; all of them
share it, for clients and servers must meet. Each child then gets mounts, processes and limits of its own. It takes
Linux's namespaces, either as root or where the system lets everybody have user namespaces; where it does not, `enter`
refuses.
"""

from __future__ import annotations

import functools
import os
import site
import socket
import struct
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from dojo.katas import ROOT

DISK = 64 << 20  # bytes of the child's /tmp
TASKS = (
    2_000  # processes and threads; a thread per client, which a suite may well meet, needs 1,100
)
SYSTEM = (
    *("/bin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64"),
    *("/usr/share/zoneinfo", "/etc/localtime", "/etc/ld.so.cache", "/etc/nsswitch.conf"),
    *("/etc/hosts", "/etc/passwd", "/etc/group", "/etc/protocols", "/etc/services"),
    "/etc/mime.types",
)
KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "no_proxy")  # of the environment
NEWNET = 0x40000000  # <linux/sched.h>
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP

wanted = False  # whether children of this process are confined


class Refused(Exception):
    """There can be no sandbox here; the text says why."""


def enter(*, worker: bool = False) -> None:
    """From now on every child is confined. A `worker` of pytest-xdist has been born inside the network namespace.

    Raises Refused when that cannot be had.
    """
    global wanted
    from dojo.process import adopt_orphans

    if sys.platform != "linux":
        raise Refused(f"--sandbox needs Linux, this is {sys.platform}.")
    if wanted:
        return
    wanted = True
    if worker:
        return
    adopt_orphans()
    try:
        _leave_the_network()
        _try_out()
    except (OSError, Refused) as error:
        wanted = False
        raise Refused(f"--sandbox cannot be had here: {error}") from None


def _leave_the_network() -> None:
    from dojo.inside import sandbox

    user, group = os.geteuid(), os.getegid()
    sandbox._call(sandbox._libc.unshare, NEWNET | (sandbox.NEWUSER if user else 0))
    if user:
        sandbox.write_maps(user, group)
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        (flags,) = struct.unpack("16xH14x", fcntl.ioctl(any_socket, GET_FLAGS, request))
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", flags | UP))


def _try_out() -> None:
    """One child that does nothing: whatever forbids the walls shows at once, and not as a test's verdict."""
    from dojo.process import Child
    from dojo.shipping import ship

    with tempfile.TemporaryDirectory(prefix="dojo-") as folder:
        file = Path(folder, "nothing.py")
        file.touch()
        with Child(file, "nothing", scenario=ship(lambda kata: None)) as child:
            reports = child.reports(10)
            last = next((r for r in reports if r and r["event"] in ("returned", "gone")), None)
            if not last or last["event"] != "returned":
                raise Refused(f"a child cannot run in it. {child.output.text.strip()}")


def plan(file: Path, folder: str) -> dict[str, Any]:
    """What dojo.inside.sandbox builds in `folder`: the learner's `file`, the interpreter and its libraries."""
    return {
        "root": folder,
        "shown": _shown(),
        "file": str(file),
        "text": file.read_bytes(),
        "disk": DISK,
        "tasks": TASKS,
    }


@functools.cache
def _shown() -> list[str]:
    """Not what is on sys.path: the current folder may be."""
    prefixes = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix)}
    paths = [*SYSTEM, str(Path(__file__).parent / "inside"), sysconfig.get_path("stdlib")]
    paths += [
        *site.getsitepackages(),
        *([site.getusersitepackages()] * bool(site.ENABLE_USER_SITE)),
    ]
    for prefix in sorted(prefixes):
        paths += [f"{prefix}/bin", f"{prefix}/lib", f"{prefix}/lib64", f"{prefix}/pyvenv.cfg"]
    shown: list[str] = []
    for path in sorted({os.path.normpath(path) for path in paths}):
        if os.path.exists(path) and not any(path.startswith(above + "/") for above in shown):
            if ROOT.is_relative_to(path):
                raise Refused(f"the repository lies in {path}, which the interpreter needs.")
            shown.append(path)
    return shown


def environment(whole: dict[str, str]) -> dict[str, str]:
    """What a confined child may know of the judge's environment."""
    kept = {name: whole[name] for name in KEPT if name in whole}
    return {**kept, "HOME": "/tmp", "TMPDIR": "/tmp"}
