"""What the system allows: raised where this process may, named with its cure where it may not."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys

try:
    import resource
except ImportError:  # Windows has no such limit on sockets
    resource = None


def need_descriptors(wanted: int) -> str:
    """Make sure that this process, and its children, may open `wanted` more descriptors; the reason if they may not."""
    if resource is None:
        return ""
    wanted += 100  # what pytest, its pipes and its modules hold
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return ""
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return f"needs {wanted:,} open descriptors, the hard limit is {hard:,}: raise it (ulimit -Hn {wanted})"
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        return f"needs {wanted:,} open descriptors and may not raise the limit: ulimit -n {wanted}"
    return ""


def missing_io_uring() -> str:
    """Why this process can have no io_uring, or ""."""
    if sys.platform != "linux":
        return "io_uring exists on Linux only"
    import ctypes

    SETUP = 425  # io_uring_setup(2), the same on all of today's architectures
    call = ctypes.CDLL(None, use_errno=True).syscall
    ring = call(ctypes.c_long(SETUP), ctypes.c_uint(4), (ctypes.c_uint32 * 30)())
    if ring < 0:
        error = ctypes.get_errno()
        return f"no io_uring here ({errno.errorcode.get(error, error)}): {os.strerror(error)}"
    os.close(ring)
    return ""


def somaxconn() -> int:
    """How many connections may wait to be accepted, whatever `listen` was given."""
    with contextlib.suppress(OSError, ValueError), open("/proc/sys/net/core/somaxconn") as file:
        return int(file.read())
    return min(socket.SOMAXCONN, 128)  # macOS; Windows takes 200


def why_no_more_clients(error: int, clients: int) -> str:
    """The reason, with its cure, if by this error number it is the machine that allows no more; else ""."""
    cure = {
        errno.EMFILE: "no descriptor is left: raise ulimit -n",
        errno.ENFILE: "the system has no descriptor left: raise fs.file-max (sysctl)",
        errno.ENOBUFS: "the kernel has no memory left for sockets",
        errno.ENOMEM: "the kernel has no memory left for sockets",
        errno.EADDRNOTAVAIL: "no local port is left: widen net.ipv4.ip_local_port_range (sysctl), or wait a"
        " minute until connections in TIME_WAIT are gone",
    }.get(error, "")
    return cure and f"this machine let {clients:,} clients connect; then {cure}"
