"""Writing files so that nobody ever finds half of one, and locking them between processes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

LOCK_SECONDS = 10.0  # far longer than anybody holds a lock here: a few milliseconds
RETRY_SECONDS = 0.01


def write_atomically(file: Path, data: bytes) -> None:
    """Put `data` in place of `file`'s content, or raise OSError and leave `file` as it was."""
    import tempfile  # not above: it costs every start of `kata` some milliseconds

    file = file.resolve()  # a symbolic link stays one
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as part:
            part.write(data)
            part.flush()
            os.fsync(part.fileno())
        os.chmod(name, _mode_for(file))  # mkstemp's own mode shuts out everybody else
        _replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _mode_for(file: Path) -> int:
    if file.exists():
        return file.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _replace(name: str, file: Path) -> None:
    """`os.replace`; Windows refuses it while a virus scanner or an editor has the file open."""
    until = time.monotonic() + (1.0 if os.name == "nt" else 0.0)
    while True:
        try:
            os.replace(name, file)
            return
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(RETRY_SECONDS)


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold `file` (made if missing) against every other process; the system frees it when we die.

    Raises TimeoutError when another process holds it for LOCK_SECONDS, OSError when it cannot
    be made.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "a+b") as handle:
        until = time.monotonic() + LOCK_SECONDS
        while not _try_lock(handle):
            if time.monotonic() >= until:
                raise TimeoutError(f"another process has held {file} for {LOCK_SECONDS:.0f} s")
            time.sleep(RETRY_SECONDS)
        try:
            yield
        finally:
            _unlock(handle)


if os.name == "nt":
    import msvcrt

    def _try_lock(handle: IO[bytes]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks (some network shares): go on without
        return True

    def _unlock(handle: IO[bytes]) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)
