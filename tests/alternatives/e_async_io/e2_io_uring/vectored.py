"""IORING_OP_READV into ctypes buffers, and an ExitStack that tidies up."""

import contextlib
import ctypes
import errno
import mmap
import os
import struct

# Numbers and layouts: <linux/io_uring.h>. The calls: io_uring_setup(2), io_uring_enter(2).
SETUP, ENTER = 425, 426  # system calls, the same on all of today's architectures
READV, CANCEL = 1, 14  # IORING_OP_READ, IORING_OP_ASYNC_CANCEL
GET_EVENTS = 1  # IORING_ENTER_GETEVENTS
AT_REQUESTS = 0x10000000  # IORING_OFF_SQES
CURRENT_POSITION = (1 << 64) - 1  # offset -1: read on where the file stands
REQUEST = struct.Struct("BBHiQQIIQ24x")  # struct io_uring_sqe, 64 bytes
COMPLETION = struct.Struct("QiI")  # struct io_uring_cqe: user_data, res, flags

_syscall = ctypes.CDLL(None, use_errno=True).syscall if os.name == "posix" else None


def _call(number: int, *args: object) -> int:
    result = _syscall(ctypes.c_long(number), *args)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


class Ring:
    def __init__(self, entries: int):
        params = (ctypes.c_uint32 * 30)()  # struct io_uring_params
        self.fd = _call(SETUP, ctypes.c_uint(entries), ctypes.byref(params))
        requests, completions = params[0], params[1]  # as many as the kernel has made of it
        to = dict(zip(("head", "tail", "mask"), params[10:13], strict=True))
        came = dict(zip(("head", "tail", "mask"), params[20:23], strict=True))
        self._array, self._cqes = params[16], params[25]
        size = max(self._array + 4 * requests, self._cqes + COMPLETION.size * completions)
        self._memory = mmap.mmap(self.fd, size)
        self._requests = mmap.mmap(self.fd, REQUEST.size * requests, offset=AT_REQUESTS)
        self.vectors = []
        self._to, self._came = to, came
        self._mask, self._came_mask = self._get(to["mask"]), self._get(came["mask"])

    def read(self, ticket: int, fd: int, buffer: bytearray) -> None:
        view = (ctypes.c_char * len(buffer)).from_buffer(buffer)
        vector = (ctypes.c_size_t * 2)(ctypes.addressof(view), len(buffer))  # struct iovec
        self.vectors.append((vector, view))
        self._put(READV, fd, CURRENT_POSITION, ctypes.addressof(vector), 1, ticket)

    def cancel(self, ticket: int, own_ticket: int) -> None:
        self._put(CANCEL, -1, 0, ticket, 0, own_ticket)

    def enter(self, wait: int = 0) -> None:
        queued = (self._get(self._to["tail"]) - self._get(self._to["head"])) & 0xFFFFFFFF
        _call(ENTER, self.fd, queued, wait, GET_EVENTS if wait else 0, None, ctypes.c_size_t(0))

    def take(self) -> tuple[int, int] | None:
        head = self._get(self._came["head"])
        if head == self._get(self._came["tail"]):
            return None
        at = self._cqes + COMPLETION.size * (head & self._came_mask)
        ticket, result, _ = COMPLETION.unpack_from(self._memory, at)
        self._set(self._came["head"], head + 1)
        return ticket, result

    def close(self) -> None:
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


def completions(fds, size):
    with contextlib.ExitStack() as stack:
        reads = {n: (fd, bytearray(size)) for n, fd in enumerate(fds)}
        if reads:
            ring = Ring(2 * len(reads))
            stack.callback(ring.close)
            stack.callback(_give_up, ring, reads)
            for ticket, (fd, buffer) in reads.items():
                ring.read(ticket, fd, buffer)
        while reads:
            ticket, result = _wait(ring)
            fd, buffer = reads.pop(ticket)
            if result == -errno.EINTR:
                reads[ticket] = fd, buffer
                ring.read(ticket, fd, buffer)
                continue
            if result < 0:
                raise OSError(-result, os.strerror(-result))
            yield fd, bytes(buffer)[:result]


def _wait(ring):
    while True:
        try:
            ring.enter(1)
        except OSError as error:
            if error.errno != errno.EINTR:
                raise
        if found := ring.take():
            return found


def _give_up(ring, reads):
    for ticket in list(reads):
        ring.cancel(ticket, -1 & 0xFFFFFFFF)
    while reads:
        reads.pop(_wait(ring)[0], None)
