"""The child: loads a kata, runs one scenario beside it or calls its `serve`, and reports in JSON lines.

The parent starts this file as a script and writes to its standard input: eight bytes of length, then that many bytes
of marshal (same interpreter on both sides, parent to child only). After that every byte is a question (`s`: stacks,
`c`: calls, `t`: threads). Reports leave on a private copy of standard output, so whatever the kata prints, and
wherever it redirects it, cannot mix with them.

How far a report can be trusted: each begins with a token that only the parent and this file know, so a line that the
kata writes to the descriptor itself is noise. Everything that is needed after the kata has been loaded is bound
before, so that what the kata puts in the place of clocks, built-ins or modules is not asked; and `__main__` is not
this file, nor is the dojo there to be changed while the kata is imported. That is as far as Python goes. Code in the
same process can climb the frames of its callers or walk the heap, and so can lie about its own value, seconds, calls
and spans. So a suite accepts no value that could be given without the work where it can look from outside (CPU time,
memory, threads, sockets, what clients meet), and the verdict is the parent's.
"""

import _thread
import builtins
import faulthandler
import marshal
import os
import sys
from time import perf_counter, process_time

try:
    from _json import encode_basestring_ascii as _quote
except ImportError:  # another implementation than CPython
    from json.encoder import py_encode_basestring_ascii as _quote

globals().update(
    {k: v for k, v in vars(builtins).items() if not k.startswith("_")}
)  # as they are now
_PID = os.getpid()
_exit, _read, _write, _getpid = os._exit, os.read, os.write, os.getpid
_settrace, _setprofile = sys.settrace, sys.setprofile
_frames_of_threads, _ident = sys._current_frames, _thread.get_ident
_main_ident = _ident()
_reporting = _thread.allocate_lock()
_MAX_DEPTH = 60


# -- values as JSON ----------------------------------------------------------------------------------------


def encode(value, depth=0):
    """`value` as JSON text. What JSON lacks is an object with one key that starts with "!".

    Anything but plain data becomes its type's name and the start of its repr: nothing of it runs in the parent.
    """
    kind = type(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is str:
        return _quote(value)
    if kind is int:
        return repr(value) if abs(value) < 1 << 63 else _tagged("int", _quote(f"{value:x}"))
    if kind is float:
        return repr(value) if value - value == 0 else _tagged("float", _quote(repr(value)))
    if kind in (bytes, bytearray):
        return _tagged("bytes", _quote(value.decode("latin-1")))
    if depth > _MAX_DEPTH:
        return _encode_object(value)
    if kind is list:
        return _encode_items(value, depth)
    if isinstance(value, tuple):
        return _tagged("tuple", _encode_items(value, depth))
    if isinstance(value, (set, frozenset)):
        return _tagged("set", _encode_items(value, depth))
    if isinstance(value, dict):
        return _tagged("dict", _encode_items([list(pair) for pair in value.items()], depth))
    if isinstance(value, BaseException):
        return _tagged("error", encode_error(value))
    return _encode_object(value)


def _tagged(tag, text):
    return '{"!' + tag + '": ' + text + "}"


def _encode_items(items, depth):
    return "[" + ", ".join([encode(item, depth + 1) for item in items]) + "]"


def _encode_object(value):
    try:
        text = repr(value)[:200]
    except BaseException as error:
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return _tagged("object", _encode_items([type(value).__name__, text], 0))


def encode_error(error):
    try:
        message = str(error)[:2000]
    except BaseException:
        message = "(its text cannot be made)"
    frames, traceback = [], error.__traceback__
    while traceback is not None:
        frames.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    fields = {
        "type": type(error).__name__,
        "bases": [base.__name__ for base in type(error).__mro__],
        "message": message,
        "frames": [_place(frame, line) for frame, line in frames],
    }
    if isinstance(error, SyntaxError):
        fields["syntax"] = [error.filename, error.lineno, error.text, error.msg]
    if isinstance(error, (AttributeError, NameError)):
        fields["name"] = getattr(error, "name", None)
    return _encode_fields(fields)


def _encode_fields(fields):
    return "{" + ", ".join([_quote(name) + ": " + encode(fields[name]) for name in fields]) + "}"


def _place(frame, line):
    code = frame.f_code
    return [code.co_filename, line or code.co_firstlineno, code.co_name]  # None: between two lines


# -- reports ------------------------------------------------------------------------------------------------


def _reporter(descriptor, token):
    """`report(event, **fields)` sends one line to the parent; the token is in no global name."""

    def report(event, **fields):
        if _getpid() != _PID:  # a fork of this process stays silent: its word is not the learner's
            _exit(0)
        data = (token + _encode_fields({"event": event, **fields}) + "\n").encode()
        with _reporting:
            while data:
                data = data[_write(descriptor, data) :]

    return report


def _answer_questions(questions):
    while True:
        question = _read(questions, 1)
        if not question:  # the parent is gone, so is the reason to live
            _exit(1)
        if question == b"s":
            report("stacks", stacks=_stacks(), **_story())
        elif question == b"c":
            report("calls", calls=_calls())
        elif question == b"t":
            report("threads", threads=len(_frames_of_threads()) - 1)


def _stacks():
    """Where every thread and every suspended greenlet stands: a list of [kind, [[file, line, function], …]]."""
    stacks = []
    for ident, frame in _frames_of_threads().items():
        if ident != _ident_of_questions[0]:
            stacks.append(["main thread" if ident == _main_ident else "thread", _places(frame)])
    greenlet = getattr(sys.modules.get("greenlet"), "greenlet", None)
    if greenlet is not None:
        import gc

        for found in gc.get_objects():
            if isinstance(found, greenlet) and found.gr_frame is not None:
                stacks.append(["greenlet", _places(found.gr_frame)])
    return stacks[:50]


def _places(frame):
    places = []
    while frame is not None and len(places) < 100:
        places.append(_place(frame, frame.f_lineno))
        frame = frame.f_back
    return places[::-1]


# -- one run ------------------------------------------------------------------------------------------------


def _load(path, name):
    """The learner's file as a module called `name`, never from a cached .pyc, its folder not on sys.path."""
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    module = type(sys)(name)
    module.__file__ = path
    sys.modules[name] = module
    exec(code, module.__dict__)
    return module


def _run(kata, job):
    scenario = _loads(job["scenario"])
    cpu, _start[0] = process_time(), perf_counter()
    # In one expression: until tracing is off, a trace function of the kata could rewrite a local variable.
    value, ended, spent, _, _ = (
        scenario(kata),
        perf_counter(),
        process_time(),
        _settrace(None),
        _setprofile(None),
    )
    seconds, cpu = ended - _start[0], spent - cpu
    _flush()  # what it has left in the streams may hang: that is its time, not the judge's
    report("returned", value=value, seconds=seconds, cpu=cpu, calls=_calls(), **_story())


def _calls():
    preludes = _dojo.get("dojo.inside.preludes")
    return dict(preludes.calls) if preludes else {}


def _story():
    """What the picture is drawn from: spans and steps so far, the scenario's start and now."""
    stage = _dojo.get("dojo.inside.stage") or sys.modules["dojo.inside.stage"]
    return {
        "spans": stage.spans,
        "switches": stage.switches,
        "steps": stage.steps,
        "start": _start[0],
        "now": perf_counter(),
    }


def _serve(kata, job):
    import socket

    if job["made"]:
        made = _loads(job["made"])
        job["arguments"].update({name: made[name]() for name in made})
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    for option, size in (
        (socket.SO_SNDBUF, job["send_buffer"]),
        (socket.SO_RCVBUF, job["receive_buffer"]),
    ):
        if size:
            listener.setsockopt(socket.SOL_SOCKET, option, size)
    listener.bind(("127.0.0.1", 0))
    listener.listen(job["backlog"])
    report("listening", address=listener.getsockname())
    serving = kata.serve(listener, **job["arguments"])
    run = getattr(kata, "run", None)
    if hasattr(serving, "__await__") or (run and hasattr(serving, "send")):
        if run is None:  # the kata has no event loop of its own
            from asyncio import run
        run(serving)
    report("ended")


def _set_limits(job):
    """What holds without a sandbox too. A process may lower a hard limit, and nobody but root may raise it again."""
    try:
        import resource
    except ImportError:
        return  # Windows
    _limit(resource, "RLIMIT_CORE", 0, 0)
    _limit(resource, "RLIMIT_FSIZE", job["disk"], job["disk"])
    _limit(resource, "RLIMIT_MSGQUEUE", 0, job["tag"])
    if job["descriptors"]:  # the suite has asked beforehand whether this machine allows it
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = max(soft, job["descriptors"]) if soft >= 0 else soft
        _limit(resource, "RLIMIT_NOFILE", min(wanted, hard) if hard >= 0 else wanted, hard)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")  # should the machine run out of memory, this process is to blame
    except OSError:
        pass


def _limit(resource, name, soft, hard):
    number = getattr(resource, name, None)  # macOS has not all of them
    if number is not None:
        try:  # noqa: SIM105  (contextlib is not imported here)
            resource.setrlimit(number, (soft, hard))
        except (OSError, ValueError):
            pass  # a lower one holds already


def main():
    global _PID, _loads, report
    questions, reports = os.dup(0), os.dup(1)
    size = int.from_bytes(_read_exactly(questions, 8), "big")
    job = marshal.loads(_read_exactly(questions, size))
    report = _reporter(reports, job.pop("token"))
    sys.path[:] = [path for path in sys.path if path not in job["hidden"]]
    for path in job["path"]:
        if path not in sys.path:
            sys.path.append(path)
    sys.dont_write_bytecode = True
    _make_importable(job["dojo"])
    if job["sandbox"]:
        from dojo.inside.sandbox import confine

        confine(job["sandbox"], report)
        _PID = _getpid()
    _plug_standard_streams()
    faulthandler.enable(file=2)
    _set_limits(job)
    from _pickle import loads as _loads

    _thread.start_new_thread(_start_answering, (questions,))
    try:
        for name, arguments in job["preludes"]:
            import dojo.inside.preludes

            getattr(dojo.inside.preludes, name)(*arguments)
        with _hidden_harness():
            kata = _load(job["file"], job["name"])
        report("loaded")
        (_serve if job["scenario"] is None else _run)(kata, job)
    except BaseException as error:
        _flush()
        report("raised", error=error, **_story())
    finally:
        _exit(0)


_ident_of_questions = [None]
_start = [perf_counter()]


def _start_answering(questions):
    _ident_of_questions[0] = _ident()
    _answer_questions(questions)


def _read_exactly(descriptor, size):
    data = b""
    while len(data) < size:
        piece = _read(descriptor, size - len(data))
        if not piece:
            _exit(1)
        data += piece
    return data


def _plug_standard_streams():
    """Nothing to read on 0; whatever is printed, on 1 or 2, goes where the parent listens for output."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)


def _make_importable(folder):
    """`dojo` without its parent folder on sys.path: the kata must not find tests/ or solutions/ there."""
    package = type(sys)("dojo")
    package.__path__ = [folder]
    sys.modules["dojo"] = package
    import dojo.inside.shipped
    import dojo.inside.stage  # noqa: F401  (its clock is looked up before the kata can replace it)


_dojo = {}  # its modules by name, from before the kata


class _hidden_harness:
    """The kata is imported where this file is not `__main__` and where there is no dojo yet."""

    def __enter__(self):
        sys.modules["__main__"] = type(sys)("__main__")
        for name in list(sys.modules):
            if name.split(".")[0] == "dojo":
                _dojo[name] = sys.modules.pop(name)

    def __exit__(self, *_):
        sys.modules.update(_dojo)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105  (contextlib is not imported here)
            stream.flush()
        except BaseException:
            pass


if __name__ == "__main__":
    main()
