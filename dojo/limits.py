"""Descriptor limits: raised where this process may, named with their cure where it may not."""

from __future__ import annotations

import errno
import os
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
