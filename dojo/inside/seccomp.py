"""A filter that ends this process at the system call with which it would read a forbidden descriptor.

The kernel's own I/O on behalf of io_uring is no system call and passes: so reads that complete there are told from
reads that somebody makes, in whatever thread. seccomp(2), <linux/seccomp.h>, <linux/filter.h>.
"""

import ctypes
import platform
import struct
import sys

# Numbers of the calls that read, or make another way to read, by the position of the descriptor among their arguments.
# arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
CALLS = {
    "x86_64": {
        # read pread64 readv preadv preadv2 recvfrom recvmsg recvmmsg dup dup2 dup3 fcntl splice tee copy_file_range
        0: (0, 17, 19, 295, 327, 45, 47, 299, 32, 33, 292, 72, 275, 276, 326),
        1: (40,),  # sendfile
    },
    "aarch64": {
        0: (63, 67, 65, 69, 286, 207, 212, 243, 23, 24, 25, 76, 77, 285),
        1: (71,),
    },
}
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_…
LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, RETURN = 0x20, 0x15, 0x35, 0x06
KILL_PROCESS, ALLOW = 0x80000000, 0x7FFF0000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2  # <linux/prctl.h>


def forbid_reads(first):
    """In this thread and its offspring, a read of a descriptor from `first` on ends the process with SIGSYS.

    Returns whether this system can do that.
    """
    calls = CALLS.get(platform.machine())
    if sys.platform != "linux" or calls is None:
        return False
    program = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, ARCHITECTURES[platform.machine()]),
        (RETURN, 0, 0, ALLOW),
    ]
    for position, numbers in calls.items():
        for number in numbers:
            program += [
                (LOAD, 0, 0, NUMBER),
                (JUMP_EQUAL, 0, 3, number),
                (LOAD, 0, 0, ARGUMENTS + 8 * position),
                (JUMP_GREATER_EQUAL, 0, 1, first),
                (RETURN, 0, 0, KILL_PROCESS),
            ]
    program.append((RETURN, 0, 0, ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    # struct sock_fprog
    whole = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return prctl(SET_SECCOMP, FILTER, ctypes.byref(whole), 0, 0) == 0
