"""Writing files so that nobody ever finds half of one, and locking them between processes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

LOCK_SECONDS = 10.0  # far longer than anybody holds a lock here: a few milliseconds
RETRY_SECONDS = 0.01
PART = ".kata-part"  # how a file that is still being written is called, behind a dot
STALE_SECONDS = 60.0  # whoever began such a file so long ago was killed


def write_atomically(file: Path, data: bytes) -> None:
    """Put `data` in place of `file`'s content, or raise OSError and leave `file` as it was."""
    write_all({file: data})


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Put each content in place of its file's, in this order, or raise OSError and leave all as they were.

    All are on the disk before the first one is put in its place, so a full disk changes none. Whoever
    is killed here leaves each file old or new, and the new ones come first.
    """
    import tempfile  # not above: it costs every start of `kata` some milliseconds

    parts: dict[str, Path] = {}
    try:
        for file, data in contents.items():
            file = file.resolve()  # a symbolic link stays one
            file.parent.mkdir(parents=True, exist_ok=True)
            _sweep(file.parent)
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=PART)
            parts[name] = file
            with os.fdopen(handle, "wb") as part:
                part.write(data)
                part.flush()
                os.fsync(part.fileno())
            os.chmod(name, _mode_for(file))  # mkstemp's own mode shuts out everybody else
        for name, file in parts.items():
            _replace(name, file)
    except BaseException:
        for name in parts:
            with contextlib.suppress(OSError):
                os.unlink(name)
        raise


def _sweep(folder: Path) -> None:
    """Remove what killed writers have left behind in `folder`."""
    for part in folder.glob(f".*{PART}"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                part.unlink()


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
