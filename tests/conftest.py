"""Whatever a test runs, no process of it stays behind."""

import time

import psutil
import pytest

from dojo.process import MARK


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    yield
    deadline = time.monotonic() + 2
    while (left := marked()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def marked():
    """Children of the dojo that still run below this process, which is where orphans come to on Linux."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if MARK in process.environ() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found
