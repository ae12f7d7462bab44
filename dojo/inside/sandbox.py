"""The child's side of `--sandbox`: the walls between the learner's code and everything else. Linux only.

`confine` splits the process in three. The *guard* stays outside and ends as the learner's process does, so that its
parent learns the exit code or the signal. The *init* is process 1 of a new PID namespace: it builds the walls, takes
in orphans, and when it ends, so does everything in there, whatever it has done to its session, group or environment.
The third returns from `confine` and runs the kata: it sees the files it is shown, read-only, a small /tmp, and no
process but these.

As root, the kata runs as a user of its own that no other process has. For another user the walls are made in a user
namespace, and the kata keeps that user but none of its new capabilities. Both ways RLIMIT_NPROC counts this child
alone (in user namespaces since Linux 5.14), and it binds, which it never does for root. unshare(2), mount(2),
pivot_root(2), user_namespaces(7).
"""

import ctypes
import os
import resource
import select
import signal

NEWNS, NEWIPC, NEWUSER, NEWPID = 0x20000, 0x08000000, 0x10000000, 0x20000000  # <linux/sched.h>
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
KEPT = RDONLY | NOSUID | NODEV | NOEXEC  # flags of a mount that one made from it must not lose
DETACH = 2  # umount2(2)
SET_DUMPABLE, NO_NEW_PRIVS = 4, 38  # <linux/prctl.h>
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}  # system calls that libc does not wrap
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION_3 = 0x20080522
FIRST_USER = 0x70000000  # plus the guard's process number: a user that nobody else is

_libc = ctypes.CDLL(None, use_errno=True)


def confine(plan, report):
    """Return as another process, behind walls; `report` tells the judge its number, or why there are none."""
    user = 0 if os.geteuid() else FIRST_USER + os.getpid()
    try:
        os.chdir("/")  # a folder outside that a process here still stands in would be a way out
        _unshare(own_user=bool(user))
        ready, building = os.pipe()
        init = os.fork()
        if init == 0:
            _be_init(plan, building)
        os.close(building)
        if problem := os.read(ready, 1000).decode():
            raise OSError(problem)
        os.close(ready)
        told, telling = os.pipe()
        kata = os.fork()
    except OSError as error:
        report("unconfined", reason=str(error))
        os._exit(1)
    if kata:
        report("confined", pid=kata, init=init)
        os.close(telling)
        _be_guard(kata)
    os.close(telling)
    os.read(
        told, 1
    )  # until the guard has spoken: from now on whatever is reported may be the kata's
    os.close(told)
    _give_up_privileges(plan, user)


def _call(function, *arguments):
    if function(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)} ({function.__name__}{arguments[:2]})")


def _system_call(table, *arguments):
    number = table[os.uname().machine]
    if _libc.syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(source, target, kind, flags, data=None):
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    _call(_libc.mount, *encoded, ctypes.c_ulong(flags), None if data is None else data.encode())


def _unshare(own_user):
    user, group = os.geteuid(), os.getegid()
    _call(_libc.unshare, NEWNS | NEWPID | NEWIPC | (0 if own_user else NEWUSER))
    if not own_user:
        write_maps(user, group)


def write_maps(user, group):
    """In a new user namespace, be who one was: one's own numbers are the only ones that anybody may map."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


# -- the guard ----------------------------------------------------------------------------------------------


def _be_guard(kata):
    """End as `kata` does, and hold nothing open meanwhile by whose end somebody learns of the kata's."""
    os.closerange(0, 64)
    _, status = os.waitpid(kata, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status))


# -- process 1 ----------------------------------------------------------------------------------------------


def _be_init(plan, building):
    try:
        _build(plan)
    except OSError as error:
        os.write(building, str(error).encode()[:1000])
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored, as all that process 1 does not handle
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ends here is waited for by nobody
    os.closerange(1, 64)
    judge = select.poll()
    judge.register(0, 0)
    judge.poll()  # until the judge has closed its end of standard input, or has itself ended
    os._exit(0)


def _build(plan):
    """A root of its own, empty but for what `plan` shows. Then the old one is gone."""
    root = plan["root"]
    mount(None, "/", None, REC | PRIVATE)
    mount("tmpfs", root, "tmpfs", NOSUID | NODEV, "size=16m,mode=755")
    os.mkdir(root + "/tmp")
    mount("tmpfs", root + "/tmp", "tmpfs", NOSUID | NODEV, f"size={plan['disk']},mode=1777")
    for path in plan["shown"]:
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        if os.path.islink(path):
            os.symlink(os.readlink(path), root + path)
        else:
            _show(path, root + path)
    os.mkdir(root + "/dev")
    for device in ("null", "zero", "full", "random", "urandom"):
        _show(f"/dev/{device}", f"{root}/dev/{device}", read_only=False)
    os.symlink("/proc/self/fd", root + "/dev/fd")
    os.symlink("/tmp", root + "/dev/shm")
    file = root + plan["file"]
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "wb") as copy:  # a copy: it may be readable for its owner only
        copy.write(plan["text"])
    os.chmod(file, 0o444)
    os.mkdir(root + "/proc")
    mount("proc", root + "/proc", "proc", NOSUID | NODEV | NOEXEC)
    os.chdir(root)
    _system_call(PIVOT_ROOT, b".", b".")
    _call(_libc.umount2, b".", DETACH)
    os.chdir("/")
    mount(None, "/", None, REMOUNT | BIND | RDONLY | NOSUID | NODEV)


def _show(path, target, read_only=True):
    if os.path.isdir(path):
        os.mkdir(target)
    else:
        open(target, "x").close()
    mount(path, target, None, BIND | REC)
    if read_only:
        kept = os.statvfs(target).f_flag & KEPT
        mount(None, target, None, REMOUNT | BIND | RDONLY | NOSUID | NODEV | kept)


# -- the kata -----------------------------------------------------------------------------------------------


def _give_up_privileges(plan, user):
    os.setsid()
    os.chdir("/tmp")
    resource.setrlimit(resource.RLIMIT_NPROC, (plan["tasks"], plan["tasks"]))
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)  # and with the last root goes the last capability
    else:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        _system_call(CAPSET, header, (ctypes.c_uint32 * 6)())
    _call(_libc.prctl, NO_NEW_PRIVS, 1, 0, 0, 0)
    _call(_libc.prctl, SET_DUMPABLE, 1, 0, 0, 0)  # else its own /proc/self is closed to it
