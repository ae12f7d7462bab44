"""In which call a process waits, seen from outside."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections import Counter

import psutil

from dojo.process import Child

# Linux system call numbers: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h (aarch64).
# A poll in which a process was stopped and continued goes on as restart_syscall (219, 128); the others as they began.
SYSTEM_CALLS = {
    "x86_64": {
        "select": (23, 270),  # select, pselect6
        "poll": (7, 271, 219),  # poll, ppoll
        "epoll": (232, 281, 441),  # epoll_wait, epoll_pwait, epoll_pwait2
        "accept": (43, 288),  # accept, accept4
        "receive": (45, 0),  # recvfrom, read
        "sleep": (35, 230),  # nanosleep, clock_nanosleep
    },
    "aarch64": {
        "select": (72,),
        "poll": (73, 128),
        "epoll": (22, 441),
        "accept": (202, 242),
        "receive": (207, 63),
        "sleep": (101, 115),
    },
}


def waits_in(child: Child, seconds: float = 0.5) -> str | None:
    """The kind of call in which the main thread of an idle process waits: the one seen most in `seconds`.

    "running" if it does not wait at all, a number for a call without a name here, None where this
    system does not tell.
    """
    names = {
        number: name
        for name, numbers in SYSTEM_CALLS.get(platform.machine(), {}).items()
        for number in numbers
    }
    if not names or child.system_call_text() is None:
        return None
    seen: Counter[str] = Counter()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        text = child.system_call_text()
        if text is not None:
            seen[names.get(int(text), text) if text.lstrip("-").isdigit() else text] += 1
        time.sleep(0.005)
    return seen.most_common(1)[0][0] if seen else None


def epoll_masks(child: Child) -> list[int] | None:
    """The events for which a process has sockets in its epoll sets, but for those that listen: a mask each.

    None where this system does not tell (it is Linux' /proc/PID/fdinfo that does).
    """
    folder = f"/proc/{child.pid}/fd"
    masks = []
    told = False
    try:
        doors = {os.readlink(f"{folder}/{number}") for number in _listening(child)}
        for descriptor in os.listdir(folder):
            if "[eventpoll]" not in os.readlink(f"{folder}/{descriptor}"):
                continue
            with open(f"/proc/{child.pid}/fdinfo/{descriptor}") as file:
                for line in file:
                    words = line.split()  # tfd: 7 events: 19 data: …, events in base 16
                    if words[:1] != ["tfd:"]:
                        continue
                    told = True
                    with contextlib.suppress(FileNotFoundError):  # closed, and a copy of it is not
                        if os.readlink(f"{folder}/{words[1]}") in doors:
                            continue
                    masks.append(int(words[3], 16))
    except (OSError, psutil.Error):
        return None
    return masks if told else None


def _listening(child: Child) -> list[int]:
    """The descriptors of its sockets that listen."""
    connections = psutil.Process(child.pid).net_connections("inet")
    return [c.fd for c in connections if c.status == psutil.CONN_LISTEN and c.fd >= 0]
