"""Linux with the features of Windows or of macOS switched off: `DOJO_IMITATE=windows python -m pytest …`.

1. Who asks decides. Python's library and installed packages run on Linux and are told so: without fork subprocess
   could start nothing. The dojo, the suites and the kata are told what that system would tell them: no `os.fork`, no
   module `fcntl`, `sys.platform == "win32"`.
2. What behaves otherwise there (`select`, `socketpair`, the clocks) is changed for all.
3. It begins in the judge before a module of the dojo looks at the system (conftest.py), in the child before the kata is
   imported (the prelude `imitate`). It never ends: it is for processes of their own.
4. It proves that nothing needs what is not there. It does not prove that all is well over there: see OUT_OF_REACH.

The tables are from the "Availability" notes of Python's documentation, and from the pages named in them.
"""

import builtins
import errno
import fnmatch
import functools
import os
import select
import selectors
import socket
import stat
import sys
import time

SYSTEMS = ("windows", "macos")
VARIABLE = "DOJO_IMITATE"

OUT_OF_REACH = """
both     the sizes of socket buffers, how a TCP stack shares its time, which error a reset gives (EPIPE, ECONNRESET)
windows  asyncio's proactor loop and gevent on libuv: both stay on Linux' own loop. Asyncio's lacks what a proactor
         lacks. Exit codes of crashes, os.kill that ends at once, files that cannot be deleted while they are open,
         SO_REUSEADDR that shares a port, time.sleep in steps of 15.6 ms (before Python 3.11)
macos    kqueue: `selectors` falls back to poll
"""

# -- what is not there: module, names (* and ? as in file names), why ---------------------------------------

_LINUX_ONLY_OS = (
    "sched_* eventfd* EFD_* memfd_create MFD_* pidfd_open timerfd_* TFD_* splice SPLICE_* copy_file_range pipe2 "
    "getrandom GRND_* posix_fadvise POSIX_FADV_* setns unshare CLONE_* O_DIRECT O_TMPFILE O_PATH RWF_* *xattr"
)
_LINUX_ONLY_SOCKET = (
    "MSG_NOSIGNAL MSG_CMSG_CLOEXEC MSG_ERRQUEUE MSG_MORE MSG_CONFIRM MSG_FASTOPEN SOCK_NONBLOCK SOCK_CLOEXEC "
    "SO_PEERCRED SO_PASSCRED SO_PASSSEC SO_PEERSEC SO_BINDTODEVICE SO_MARK SO_DOMAIN SO_PROTOCOL SO_PRIORITY "
    "SO_INCOMING_CPU TCP_CORK TCP_QUICKACK TCP_DEFER_ACCEPT TCP_USER_TIMEOUT TCP_LINGER2 TCP_SYNCNT TCP_INFO "
    "TCP_WINDOW_CLAMP TCP_CONGESTION AF_NETLINK AF_PACKET AF_ALG AF_VSOCK AF_CAN AF_TIPC AF_RDS AF_QIPCRTR"
)
_MISSING = {
    "windows": [
        ("os", "fork forkpty posix_spawn* register_at_fork", "no fork: os, Process Management"),
        (
            "os",
            "getuid geteuid getgid getegid getsid setsid getpg* setpg* killpg nice",
            "Unix only",
        ),
        (
            "os",
            "wait wait3 wait4 waitid W[A-Z]* uname sysconf* getloadavg mkfifo mknod",
            "Unix only",
        ),
        ("os", "openpty chown fchown lchown sendfile readv writev pread* pwrite*", "Unix only"),
        (
            "os",
            "O_NONBLOCK O_CLOEXEC O_SYNC O_NOCTTY O_NOFOLLOW O_DIRECTORY",
            "open constants: Unix",
        ),
        ("os", "get_blocking set_blocking" if sys.version_info < (3, 12) else "", "Windows: 3.12"),
        ("os", _LINUX_ONLY_OS, "Linux only"),
        ("signal", "SIG[B-Z]* SIGALRM", "signal.signal: only SIGABRT FPE ILL INT SEGV TERM BREAK"),
        ("signal", "alarm pause *itimer ITIMER_* pthread_* sig[a-z]* pidfd_*", "Unix only"),
        ("select", "poll POLL* epoll EPOLL*", "select: poll not on all systems, epoll Linux only"),
        ("selectors", "PollSelector EpollSelector", "selectors: where select has them"),
        (
            "socket",
            "AF_UNIX SO_REUSEPORT MSG_DONTWAIT MSG_EOR send_fds recv_fds SCM_* CMSG_*",
            "Unix",
        ),
        ("socket", _LINUX_ONLY_SOCKET, "Linux only"),
        ("socketserver", "Fork* Unix* ThreadingUnix*", "socketserver: POSIX systems only"),
        ("time", "clock_[gs]et* CLOCK_* pthread_* tzset", "Unix only"),
    ],
    "macos": [
        ("os", _LINUX_ONLY_OS, "Linux only"),
        (
            "signal",
            "SIGRT* SIGPWR SIGSTKFLT SIGPOLL sigwaitinfo sigtimedwait pidfd_*",
            "not on macOS",
        ),
        ("select", "epoll EPOLL*", "select: epoll Linux only"),
        ("selectors", "EpollSelector", "selectors: where select has it"),
        ("socket", _LINUX_ONLY_SOCKET, "Linux only"),
    ],
}
_KEPT = {
    "SIGFPE",
    "SIGILL",
    "SIGINT",
    "SIGSEGV",
    "SIGTERM",
}  # and SIGABRT, which no pattern matches
_MISSING_MODULES = {
    "windows": {
        "fcntl",
        "resource",
        "pwd",
        "grp",
        "termios",
        "tty",
        "pty",
        "syslog",
        "posix",
        "curses",
    },
    "macos": {"spwd", "ossaudiodev"},
}
_TOLD = {
    "windows": {("sys", "platform"): "win32", ("os", "name"): "nt"},
    "macos": {("sys", "platform"): "darwin"},
}

# What a skip may name as missing: a feature of the system, as its reason spells it.
FEATURES = {
    "windows": (
        "select.poll",
        "select.epoll",
        "/proc/PID/schedstat",
        "io_uring",
        "SIGTERM",
        "counts memory in another way",
        "counts sockets (512), not descriptor numbers",
        "more than select",
        "full backlog refuses",
        "another descriptor",
    ),
    "macos": (
        "select.epoll",
        "io_uring",
        "/proc/PID/schedstat",
        "another descriptor",
    ),
}


def begin(system, *, judge=True):
    """Be `system`, one of SYSTEMS, for the rest of this process's life. The judge also has its limits."""
    _hide_proc()
    _when_imported("multiprocessing", _spawn_only)
    if system == "windows":
        _select_as_windows()
        _sockets_as_windows()
        _clocks_as_windows()
        _when_imported("socketserver", _socketserver_as_windows)
        _when_imported("asyncio", _asyncio_as_windows)
    else:
        _sockets_as_macos()
        selectors.DefaultSelector = selectors.PollSelector
        # Looked up at each call, as KqueueSelector does, so that it can be watched.
        selectors.PollSelector._selector_cls = staticmethod(lambda: select.poll())
        if judge:
            _descriptors_as_macos()
    for name, names, _ in _MISSING[system]:
        _when_imported(name, functools.partial(_hide, patterns=names.split()))
    for (name, attribute), value in _TOLD[system].items():
        _tell(sys.modules[name], {attribute: value})
    _import_as(_MISSING_MODULES[system])  # last: from now on every import is seen


def prelude():
    """The prelude with which a child imitates what its judge imitates; none where that is nothing."""
    system = os.environ.get(VARIABLE)
    return [("imitate", (system,))] if system else []


# -- who asks ----------------------------------------------------------------------------------------------

_frame = sys._getframe
_LIBRARY = (os.path.dirname(os.__file__) + os.sep, "<")  # "<frozen os>", "<string>"
_NOT_THERE = object()


def _library_asks():
    """Whether the caller of this function's caller is code of Python's library or of an installed package."""
    file = _frame(2).f_code.co_filename
    return file.startswith(_LIBRARY) or "site-packages" in file


class _Told:
    """A module's attribute that is another one, or not there, for all but libraries."""

    def __init__(self, name, value=_NOT_THERE):
        self._name, self._value = name, value

    def __get__(self, module, kind=None):
        if _library_asks() and self._name in module.__dict__:
            return module.__dict__[self._name]
        if self._value is _NOT_THERE:
            raise AttributeError(f"module {module.__name__!r} has no attribute {self._name!r}")
        return self._value

    def __set__(self, module, value):
        module.__dict__[self._name] = value

    def __delete__(self, module):
        del module.__dict__[self._name]


def _tell(module, told):
    members = {name: _Told(name, value) for name, value in told.items()}
    module.__class__ = type("module", (type(module),), members)


def _hide(module, patterns):
    names = {name for pattern in patterns for name in fnmatch.filter(vars(module), pattern)}
    _tell(module, dict.fromkeys(names - _KEPT, _NOT_THERE))


# -- modules that come later -------------------------------------------------------------------------------

_awaited = []  # [name of a module, what is done to it once it is there]


def _when_imported(name, change):
    _awaited.append((name, change))
    _change_what_is_there()


def _change_what_is_there():
    for one in _awaited[:]:
        name, change = one
        module = sys.modules.get(name)
        whole = module and not getattr(module.__spec__, "_initializing", False)
        if whole and one in _awaited:  # a change may itself import, and come here
            _awaited.remove(one)
            change(module)


def _import_as(missing):
    real = builtins.__import__

    def imported(name, globals=None, locals=None, fromlist=(), level=0):
        if name == "msvcrt" and sys.modules["os"].name == "nt" and not _library_asks():
            return _msvcrt(real)
        if level == 0 and name.partition(".")[0] in missing and not _library_asks():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        module = real(name, globals, locals, fromlist, level)
        if _awaited:
            _change_what_is_there()
        return module

    builtins.__import__ = imported


# -- both systems ------------------------------------------------------------------------------------------


def _hide_proc():
    """Neither has /proc (proc(5) is Linux'). psutil, a library, still finds it, as it finds those systems' own ways."""
    for holder, name in ((builtins, "open"), (os, "listdir"), (os, "readlink"), (os, "scandir")):
        setattr(holder, name, _blind(getattr(holder, name)))
    for name in ("exists", "isdir", "isfile"):
        setattr(os.path, name, _blind(getattr(os.path, name), answer=False))


def _blind(function, answer=None):
    @functools.wraps(function)
    def call(path=".", *args, **kwargs):
        if isinstance(path, str) and path.startswith("/proc/") and not _library_asks():
            if answer is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
            return answer
        return function(path, *args, **kwargs)

    return call


def _spawn_only(multiprocessing):
    """Windows has nothing else; on macOS it is the default, since fork is unsafe there (multiprocessing, Contexts)."""
    context = multiprocessing.context
    spawn = context._concrete_contexts["spawn"]
    context._concrete_contexts.clear()
    context._concrete_contexts["spawn"] = spawn
    context._default_context._default_context = spawn
    multiprocessing.get_all_start_methods = lambda: ["spawn"]


# -- Windows -----------------------------------------------------------------------------------------------

FD_SETSIZE = 512  # sockets in each of select's three lists: Modules/selectmodule.c
_NOT_A_SOCKET, _NOTHING_TO_WATCH = 10038, 10022  # WSAENOTSOCK, WSAEINVAL

LEAST_BUFFER = 16_384  # bytes: with less, TCP on Linux' loopback crawls along by its timers

_connecting = set()  # descriptors whose connect is under way
_pairs = set()  # descriptors of socket pairs
_sockets = set()  # descriptors that are known as sockets, until they are closed


def _select_as_windows():
    """Sockets only, at least one, 512 a list by count. A connect that failed is in the third list alone (winsock2)."""
    poll, few, failed = select.poll, select.select, select.POLLERR
    masks = select.POLLIN, select.POLLOUT, select.POLLPRI

    def look(rlist, wlist, xlist, timeout=None, /):
        lists = [[(_descriptor(one), one) for one in some] for some in (rlist, wlist, xlist)]
        if max(map(len, lists)) > FD_SETSIZE:
            raise ValueError("too many file descriptors in select()")
        if not any(lists):
            raise OSError(_NOTHING_TO_WATCH, "An invalid argument was supplied")
        numbers = [[descriptor for descriptor, _ in some] for some in lists]
        if (
            _connecting or max(map(max, filter(None, numbers))) >= 1024
        ):  # too many for Linux' select
            ready = look_with_poll(numbers, timeout)
        else:
            ready = few(*numbers, timeout)  # says EBADF of a socket that was closed
        return tuple(
            [one for descriptor, one in some if descriptor in found]
            for some, found in zip(lists, map(set, ready), strict=True)
        )

    def look_with_poll(numbers, timeout):
        if timeout is not None and timeout < 0:
            raise ValueError("timeout must be non-negative")
        wanted = {}
        for some, mask in zip(numbers, masks, strict=True):
            for descriptor in some:
                wanted[descriptor] = wanted.get(descriptor, 0) | mask
        poller = poll()
        for descriptor, mask in wanted.items():
            poller.register(descriptor, mask)
        events = dict(poller.poll(None if timeout is None else -int(-timeout * 1000 // 1)))
        refused = {one for one in _connecting if events.get(one, 0) & failed}
        _connecting.difference_update(events)
        readable, writable, special = (
            [one for one in some if one not in refused and events.get(one, 0) & mask]
            for some, mask in zip(numbers, _ALSO, strict=True)
        )
        return readable, writable, special + [one for one in numbers[2] if one in refused]

    _ALSO = masks[0] | failed | select.POLLHUP, masks[1] | failed, masks[2]
    select.select = look

    def look_too(self, rlist, wlist, _, timeout=None):  # as Lib/selectors.py does there
        readable, writable, failed = look(rlist, wlist, wlist, timeout)
        return readable, writable + failed, []

    selectors.SelectSelector._select = look_too
    selectors.DefaultSelector = selectors.SelectSelector


def _descriptor(one):
    descriptor = one if isinstance(one, int) else one.fileno()
    if descriptor < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({descriptor})")
    if descriptor not in _sockets:
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                raise OSError
        except OSError:  # no socket, or closed
            raise OSError(
                _NOT_A_SOCKET, "An operation was attempted on something that is not a socket"
            ) from None
        _sockets.add(descriptor)
    return descriptor


def _sockets_as_windows():
    """connect says WSAEWOULDBLOCK; SO_LINGER takes two shorts; no sendmsg; socketpair is a pair of TCP sockets."""
    kind = socket.socket
    connect, connect_ex, setsockopt, close = (
        kind.connect,
        kind.connect_ex,
        kind.setsockopt,
        kind._real_close,
    )

    buffers = socket.SO_SNDBUF, socket.SO_RCVBUF

    def connect_soon(self, address):
        try:
            connect(self, address)
        except BlockingIOError:
            _connecting.add(self.fileno())
            raise BlockingIOError(errno.EWOULDBLOCK, "could not be completed at once") from None

    def connect_ex_soon(self, address):
        error = connect_ex(self, address)
        if error != errno.EINPROGRESS:
            return error
        _connecting.add(self.fileno())
        return errno.EWOULDBLOCK

    def set_option(self, level, option, value, *length):
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER) and len(value) == 4:
            value = value[:2] + b"\0\0" + value[2:] + b"\0\0"  # shorts as ints, little-endian
        if option in buffers and level == socket.SOL_SOCKET and self.fileno() in _pairs:
            value = max(value, LEAST_BUFFER)
        return setsockopt(self, level, option, value, *length)

    def really_close(self, *args):
        _connecting.discard(self.fileno())
        _sockets.discard(self.fileno())
        _pairs.discard(self.fileno())
        return close(self, *args)

    kind.connect, kind.connect_ex = connect_soon, connect_ex_soon
    kind.setsockopt, kind._real_close = set_option, really_close
    for name in ("sendmsg", "sendmsg_afalg", "recvmsg", "recvmsg_into"):
        setattr(kind, name, _NoSuchMethod(name))
    socket.socketpair = _socketpair


class _NoSuchMethod:
    def __init__(self, name):
        self._name = name

    def __get__(self, instance, kind=None):
        raise AttributeError(f"'socket' object has no attribute {self._name!r}")


def _socketpair(family=socket.AF_INET, type=socket.SOCK_STREAM, proto=0):
    """What Lib/socket.py does on Windows."""
    with socket.socket(family, type, proto) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
    _pairs.update((client.fileno(), server.fileno()))
    return server, client


@functools.cache
def _msvcrt(real_import):
    """Its locks of a file, by flock. Not in sys.modules, where libraries would take it for Windows."""
    fcntl = real_import("fcntl")
    module = type(sys)("msvcrt")
    module.LK_UNLCK, module.LK_NBLCK = 0, 2
    modes = {module.LK_UNLCK: fcntl.LOCK_UN, module.LK_NBLCK: fcntl.LOCK_EX | fcntl.LOCK_NB}
    module.locking = lambda descriptor, mode, size: fcntl.flock(descriptor, modes[mode])
    return module


def _clocks_as_windows():
    """GetTickCount64 and GetProcessTimes move in steps of 15.6 ms; perf_counter is fine, the others from 3.13 on."""
    from dojo.inside.preludes import TICK, _Coarse

    coarse = ["process_time", "thread_time"]
    if sys.version_info < (3, 13):
        coarse += ["monotonic", "time"]
    told = time.get_clock_info
    for name in coarse:
        nanoseconds = getattr(time, name + "_ns")
        setattr(time, name, _Coarse(nanoseconds, 1e9))
        setattr(time, name + "_ns", _Coarse(nanoseconds, 1))

    def clock_info(name):
        info = told(name)
        if name in coarse:
            info.resolution = TICK / 1e9
        return info

    time.get_clock_info = clock_info
    main = sys.modules["__main__"]
    if hasattr(main, "process_time"):  # dojo/inside/main.py has looked its clock up already
        main.process_time = time.process_time


def _socketserver_as_windows(socketserver):
    socketserver._ServerSelector = selectors.SelectSelector  # its choice where there is no poll


_best_selector = selectors.DefaultSelector


def _asyncio_as_windows(asyncio):
    """ProactorEventLoop has neither add_reader nor add_signal_handler nor Unix sockets (asyncio, Platform Support)."""

    def not_here(self, *args, **kwargs):
        raise NotImplementedError

    loop = asyncio.SelectorEventLoop
    begin = loop.__init__
    # A proactor is not limited to 512 sockets, so select cannot stand in for it.
    loop.__init__ = lambda self, selector=None: begin(self, selector or _best_selector())
    for name in [
        "add_reader",
        "remove_reader",
        "add_writer",
        "remove_writer",
        "add_signal_handler",
    ]:
        setattr(loop, name, not_here)
    _hide(asyncio, ["*unix*", "*Unix*"])


# -- macOS -------------------------------------------------------------------------------------------------

SOMAXCONN = 128  # kern.ipc.somaxconn
DESCRIPTORS = 256  # the soft limit of a terminal's programs: launchctl limit maxfiles


def _sockets_as_macos():
    """At most 128 wait to be accepted. There is no abstract namespace: a name that begins with a zero byte is none."""
    kind = socket.socket
    listen, bind = kind.listen, kind.bind

    def listen_to_few(self, backlog=SOMAXCONN):
        listen(self, min(backlog, SOMAXCONN))

    def bind_to_names(self, address):
        if isinstance(address, (str, bytes)) and address[:1] in ("\0", b"\0"):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        bind(self, address)

    kind.listen, kind.bind = listen_to_few, bind_to_names


def _descriptors_as_macos():
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(DESCRIPTORS, hard), hard))
