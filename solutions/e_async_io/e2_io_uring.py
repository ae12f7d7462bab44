"""Reads that the kernel itself completes: io_uring, without a library.

The lesson: katas/e_async_io/e2_io_uring.md
"""

import contextlib
import ctypes
import errno
import mmap
import os
import struct
from collections.abc import Iterable, Iterator

# Numbers and layouts: <linux/io_uring.h>. The calls: io_uring_setup(2), io_uring_enter(2).
SETUP, ENTER = 425, 426  # system calls, the same on all of today's architectures
READ, CANCEL = 22, 14  # IORING_OP_READ, IORING_OP_ASYNC_CANCEL
GET_EVENTS = 1  # IORING_ENTER_GETEVENTS
AT_REQUESTS = 0x10000000  # IORING_OFF_SQES
CURRENT_POSITION = (1 << 64) - 1  # offset -1: read on where the file stands
REQUEST = struct.Struct("BBHiQQIIQ24x")  # struct io_uring_sqe, 64 bytes
COMPLETION = struct.Struct("QiI")  # struct io_uring_cqe: user_data, res, flags

_syscall = ctypes.CDLL(None, use_errno=True).syscall if os.name == "posix" else None


def _call(number: int, *args: object) -> int:
    """The result of a system call; OSError if it fails, InterruptedError if a signal came first."""
    result = _syscall(ctypes.c_long(number), *args)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


class Ring:
    """An io_uring: two rings in memory that this process shares with the kernel.

    Requests go into one, completions come out of the other. Each is an array with a head, where
    its reader stands, and a tail, where its writer does. Given; the lesson explains it.
    """

    def __init__(self, entries: int):
        """Room for `entries` requests, at least 1. Raises OSError where io_uring may not be had."""
        params = (ctypes.c_uint32 * 30)()  # struct io_uring_params
        self.fd = _call(SETUP, ctypes.c_uint(entries), ctypes.byref(params))
        requests, completions = params[0], params[1]  # as many as the kernel has made of it
        to = dict(zip(("head", "tail", "mask"), params[10:13], strict=True))
        came = dict(zip(("head", "tail", "mask"), params[20:23], strict=True))
        self._array, self._cqes = params[16], params[25]
        size = max(self._array + 4 * requests, self._cqes + COMPLETION.size * completions)
        self._memory = mmap.mmap(self.fd, size)
        self._requests = mmap.mmap(self.fd, REQUEST.size * requests, offset=AT_REQUESTS)
        self._to, self._came = to, came
        self._mask, self._came_mask = self._get(to["mask"]), self._get(came["mask"])

    def read(self, ticket: int, fd: int, buffer: bytearray) -> None:
        """Queue a read of up to `len(buffer)` bytes into `buffer`.

        The kernel writes there whenever the data comes: keep `buffer` until the completion with
        this `ticket` is there.
        """
        view = (ctypes.c_char * len(buffer)).from_buffer(buffer)
        self._put(READ, fd, CURRENT_POSITION, ctypes.addressof(view), len(buffer), ticket)

    def cancel(self, ticket: int, own_ticket: int) -> None:
        """Queue a request to give up the one with `ticket`.

        That one then completes with -ECANCELED, or as it would have; the request itself
        completes, too, with `own_ticket`.
        """
        self._put(CANCEL, -1, 0, ticket, 0, own_ticket)

    def enter(self, wait: int = 0) -> None:
        """Hand over what is queued, and block until `wait` completions have come."""
        queued = (self._get(self._to["tail"]) - self._get(self._to["head"])) & 0xFFFFFFFF
        _call(ENTER, self.fd, queued, wait, GET_EVENTS if wait else 0, None, ctypes.c_size_t(0))

    def take(self) -> tuple[int, int] | None:
        """The next completion that has come: (ticket, result). None if none is there.

        The result is what the system call would have returned; an error is negative.
        """
        head = self._get(self._came["head"])
        if head == self._get(self._came["tail"]):
            return None
        at = self._cqes + COMPLETION.size * (head & self._came_mask)
        ticket, result, _ = COMPLETION.unpack_from(self._memory, at)
        self._set(self._came["head"], head + 1)
        return ticket, result

    def close(self) -> None:
        """Give the descriptor and the shared memory back."""
        self._requests.close()
        self._memory.close()
        os.close(self.fd)

    def _put(self, code: int, fd: int, offset: int, address: int, size: int, ticket: int) -> None:
        tail = self._get(self._to["tail"])
        if tail - self._get(self._to["head"]) > self._mask:
            self.enter()
        index = tail & self._mask
        request = (code, 0, 0, fd, offset, address, size, 0, ticket)
        REQUEST.pack_into(self._requests, REQUEST.size * index, *request)
        self._set(self._array + 4 * index, index)
        self._set(self._to["tail"], tail + 1)  # last: from here on the kernel may look at it

    def _get(self, at: int) -> int:
        return int.from_bytes(self._memory[at : at + 4], "little")

    def _set(self, at: int, value: int) -> None:
        self._memory[at : at + 4] = (value & 0xFFFFFFFF).to_bytes(4, "little")


def completions(fds: Iterable[int], size: int) -> Iterator[tuple[int, bytes]]:
    """One read of up to `size` bytes on each descriptor, all in flight at once.

    Yields each descriptor with its data as soon as its read completes, and then ends; end-of-file
    is b"". Raises OSError if a read fails. An iterator that is given up, or fails, first cancels
    what is still pending and waits until the kernel has let go of the buffers.
    """
    buffers = [(fd, bytearray(size)) for fd in fds]
    if not buffers:
        return
    ring = Ring(len(buffers))
    pending = set(range(len(buffers)))  # tickets whose buffers belong to the kernel

    def submit(ticket: int) -> None:
        ring.read(ticket, *buffers[ticket])
        pending.add(ticket)

    try:
        for ticket in range(len(buffers)):
            submit(ticket)
        while pending:
            ticket, result = _next(ring)
            pending.discard(ticket)
            fd, buffer = buffers[ticket]
            if result >= 0:
                yield fd, bytes(buffer[:result])
            elif result == -errno.EINTR:
                submit(ticket)  # once more
            else:
                raise OSError(-result, os.strerror(-result))
    finally:
        # Nobody may free a buffer into which the kernel may still write. To close the ring is not
        # enough: the kernel cancels what is left some time after that.
        for ticket in pending:
            ring.cancel(ticket, own_ticket=len(buffers))
        while pending:
            pending.discard(_next(ring)[0])
        ring.close()


def _next(ring: Ring) -> tuple[int, int]:
    while (completion := ring.take()) is None:
        with contextlib.suppress(InterruptedError):
            ring.enter(wait=1)
    return completion


if __name__ == "__main__":
    import threading
    import time

    def write_later(fd: int, text: str, seconds: float) -> None:
        time.sleep(seconds)
        os.write(fd, text.encode())

    pipes = [os.pipe() for _ in range(3)]
    names = {pipe[0]: name for pipe, name in zip(pipes, "ABC", strict=True)}
    for (_, end), name, seconds in zip(pipes, "ABC", (0.6, 0.2, 0.4), strict=True):
        args = (end, f"hello from {name}", seconds)
        threading.Thread(target=write_later, args=args).start()
    started = time.perf_counter()
    for fd, data in completions(names, 100):
        print(f"{time.perf_counter() - started:.1f} s  {names[fd]} has completed: {data.decode()}")
