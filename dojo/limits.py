"""Descriptor limits: raised where this process may, named with their cure where it may not."""

from __future__ import annotations

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
