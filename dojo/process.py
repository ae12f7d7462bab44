"""A child process with the learner's code: started, listened to, measured from outside, and ended with all its kin."""

from __future__ import annotations

import contextlib
import itertools
import json
import marshal
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from dojo import imitation, sandbox
from dojo.failures import Opaque, Raised
from dojo.katas import ROOT

MAIN = Path(__file__).parent / "inside" / "main.py"
MARK = "DOJO_CHILD"  # the environment variable by which a descendant that changed its parent is still found
OUTPUT_KEPT = (
    20_000  # characters of the start, and as many of the end, of what the learner's code prints
)
REPORT_LIMIT = 1 << 26  # bytes of all reports of one child: more is a flood, not a result
MEMORY = 1 << 30  # resident bytes of a child with all that it has started
PROCESSES = 100  # that it may have started and that still run
FILE_SIZE = 1 << 26  # bytes of one file that it writes
START = 20.0  # seconds until the walls of a sandbox stand
WATCH = 0.05  # seconds from one look at its memory to the next; at its offspring once a second
FIELDS = {  # what a report must have, by its event; a child that is not itself any more may send anything
    "confined": {"pid", "init"},
    "unconfined": {"reason"},
    "loaded": set(),
    "returned": {"value", "seconds", "cpu", "calls"},
    "raised": {"error"},
    "listening": {"address"},
    "ended": set(),
    "stacks": {"stacks"},
    "calls": {"calls"},
    "threads": {"threads"},
}
KILL_ROUNDS = 20
LAST_WORD = 5.0  # seconds from the end of a process until its last report has been read, on a very busy machine
LINGER = 0.3  # seconds that a process started by the learner's code may take to end after the code itself

_living: set[int] = set()  # children under way: whoever else descends from us is a leftover
_tags = itertools.count(1)


class Output:
    """What the child prints, drained at once and kept within bounds."""

    def __init__(self) -> None:
        self._head, self._tail, self._dropped = bytearray(), bytearray(), 0

    def add(self, data: bytes) -> None:
        room = OUTPUT_KEPT - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        self._tail += data
        if len(self._tail) > 2 * OUTPUT_KEPT:
            self._dropped += len(self._tail) - OUTPUT_KEPT
            del self._tail[:-OUTPUT_KEPT]

    @property
    def text(self) -> str:
        gap = f"\n… {self._dropped:,} bytes …\n".encode() if self._dropped else b""
        return (self._head + gap + self._tail).decode("utf-8", "replace").replace("\r\n", "\n")


class Child:
    """One run of dojo/inside/main.py. Close it with `end()`; as a context manager it ends itself."""

    first: tuple[tuple[str, tuple[Any, ...]], ...] = ()  # preludes of every child, before its own

    def __init__(
        self,
        file: Path,
        name: str,
        *,
        scenario: bytes | None = None,
        preludes: list[tuple[str, tuple[Any, ...]]] | None = None,
        **serve: Any,
    ):
        self.file = file
        self.output = Output()
        self._used = 0.0  # CPU seconds, when somebody asked the last time
        self._reports: queue.Queue[dict[str, Any]] = queue.Queue()
        self._folder = tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True)
        self._mark, self._token = uuid.uuid4().hex, uuid.uuid4().hex.encode()
        self._tag = (
            800_000 - next(_tags) % 799_999
        )  # a hard limit that no other child has, see _has_started
        self._init: psutil.Process | None = None  # process 1 of its sandbox
        self.excess = ""  # what it took too much of, as the end of a sentence
        environment = _without_proxies(os.environ)
        if sandbox.wanted:
            environment = sandbox.environment(environment)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-u", "-X", "utf8", str(MAIN)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._folder.name,
            env={**environment, MARK: self._mark},
            bufsize=0,
            start_new_session=os.name == "posix",
        )
        self.pid = self.process.pid
        _living.add(self.process.pid)
        self._probe = psutil.Process(self.pid)
        job = {
            "file": str(file),
            "name": name,
            "scenario": scenario,
            "preludes": [*self.first, *imitation.prelude(), *(preludes or [])],
            "path": _library_path(),
            "hidden": [p for p in sys.path if p and _in_repository(Path(p).resolve())],
            "dojo": str(MAIN.parent.parent),
            "descriptors": 0,
            "token": self._token.decode(),
            "tag": self._tag,
            "disk": FILE_SIZE,
            "sandbox": sandbox.plan(file, self._folder.name) if sandbox.wanted else None,
            **serve,
        }
        data = marshal.dumps(job)
        self._drain = threading.Thread(target=self._drain_output, daemon=True)
        self._drain.start()
        threading.Thread(target=self._listen, daemon=True).start()
        self._tell(len(data).to_bytes(8, "big") + data)
        if sandbox.wanted:
            self._await_walls()
        threading.Thread(target=self._watch, daemon=True).start()

    def _await_walls(self) -> None:
        """The guard's word: under which number the confined process is known out here."""
        report = self.next_report(START) or {"event": "no answer"}
        if report["event"] == "confined":
            self.pid = report["pid"]
            self._init = psutil.Process(report["init"])
            with contextlib.suppress(psutil.Error):  # it may be over already
                self._probe = psutil.Process(self.pid)
            return
        self.end()
        raise sandbox.Refused(report.get("reason") or f"no walls: {report['event']}")

    # -- what it says --------------------------------------------------------------------------------------

    def _tell(self, data: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):
            while data:
                data = data[self.process.stdin.write(data) :]

    def _drain_output(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while data := self.process.stderr.read(1 << 16):
                self.output.add(data)

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            pending, total = bytearray(), 0
            while data := self.process.stdout.read(1 << 16):
                pending += data
                total += len(data)
                if total > REPORT_LIMIT:
                    self._stop(f"gave a result of more than {REPORT_LIMIT >> 20} MiB")
                    break
                *lines, pending = pending.split(b"\n")
                for line in lines:
                    if report := self._report(line):
                        self._reports.put(report)
        self._reports.put({"event": "gone"})

    def _report(self, line: bytes) -> dict[str, Any] | None:
        """The report in this line; None for what is none: noise, or a forgery."""
        if not line.startswith(self._token):
            return None
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
            report = json.loads(line[len(self._token) :], object_hook=_decode)
            if FIELDS[report["event"]] <= report.keys():
                return report
        return None

    def next_report(self, timeout: float) -> dict[str, Any] | None:
        """The next report, or None after `timeout` seconds. The last one of all has the event "gone"."""
        try:
            return self._reports.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None

    def reports(self, limit: float, tick: float = 0.02) -> Iterator[dict[str, Any] | None]:
        """Reports as they come, None at every `tick` seconds of waiting, until `limit` seconds are over."""
        deadline = time.monotonic() + limit
        while (left := deadline - time.monotonic()) > 0:
            alive = self.alive
            report = self.next_report(min(tick, left))
            if (
                report is None and not alive
            ):  # its last word is on the way, unless its kin hold the pipe open
                report = self.next_report(min(LAST_WORD, left)) or {"event": "gone"}
            yield report

    def ask(self, question: bytes, event: str, timeout: float = 2.0) -> dict[str, Any] | None:
        """The answer to `question` (see dojo/inside/main.py), or None when the child cannot answer any more."""
        self._tell(question)
        put_aside = []
        answer = None
        for report in self.reports(timeout):
            if report is None:
                continue
            if report["event"] == event:
                answer = report
                break
            put_aside.append(report)
            if report["event"] == "gone":
                break
        for report in put_aside:
            self._reports.put(report)
        return answer

    def stacks(self) -> tuple[list[Any], dict[str, Any] | None]:
        """Where every thread and greenlet stands, and the whole report: the story so far is in it.

        If the child cannot answer any more, the interpreter's own crash dump tells, and there is no story.
        """
        self.resume()  # it may have stopped itself
        answer = self.ask(b"s", "stacks", timeout=0.8)
        if answer is not None:
            return answer["stacks"], answer
        if os.name == "posix" and self.alive:
            self.signal(signal.SIGABRT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.3)
        return [["main thread", self.crash_places()]], None

    def crash_places(self) -> list[list[Any]]:
        """The frames that faulthandler printed when the process crashed, outermost first."""
        self._drain.join(0.1 if self.alive else 1.0)
        frames = []
        for line in self.output.text.splitlines():
            if line.startswith('  File "') and " in " in line:
                path, _, rest = line[len('  File "') :].partition('", line ')
                number, _, function = rest.partition(" in ")
                if number.isdigit():
                    frames.append([path, int(number), function])
        return frames[::-1]

    # -- what it costs -------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far; in ticks of 10 ms or so on other systems than Linux.

        Of a process that is gone: what it was when somebody asked the last time.
        """
        with contextlib.suppress(OSError):  # nanoseconds; cpu_times counts in ticks of 10 ms
            total = 0
            for task in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{task}/schedstat") as file:
                    total += int(file.read().split()[0])
            self._used = total / 1e9
            return self._used
        with contextlib.suppress(psutil.NoSuchProcess):
            times = self._probe.cpu_times()
            self._used = times.user + times.system
        return self._used

    def robbed_seconds(self) -> float:
        """Wall time so far in which its main thread was ready to run and others had the processors; 0 where unknown."""
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{self.pid}/schedstat") as file:
            return int(file.read().split()[1]) / 1e9
        return 0.0

    def held_up(self) -> bool:
        """Whether a thread of it is ready to run, and waits for a processor or was stopped; False where unknown."""
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{task}/stat") as file:
                    if file.read().rpartition(") ")[2][:1] in ("R", "T"):
                        return True
        return False

    def memory(self) -> int:
        """Resident bytes; 0 of a process that is gone."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return self._probe.memory_info().rss
        return 0

    def threads(self) -> int:
        """Threads of the learner's code: all but the one that answers the parent's questions."""
        with contextlib.suppress(OSError):
            return len(os.listdir(f"/proc/{self.pid}/task")) - 1
        answer = self.ask(b"t", "threads")
        return answer["threads"] if answer else 0

    def offspring(self) -> list[psutil.Process]:
        """Processes that the learner's code started and that still run."""
        try:
            children = self._probe.children(recursive=True)
        except psutil.Error:
            children = []
        if self._init:
            children += [p for p in self._orphaned() if p not in children]
        return [c for c in children if _running(c)]

    def sockets(self) -> int:
        """Open sockets; none of a process that is gone."""
        folder = f"/proc/{self.pid}/fd"
        if not os.path.isdir(folder):
            with contextlib.suppress(psutil.NoSuchProcess):
                return len(self._probe.net_connections())
            return 0
        count = 0
        for descriptor in os.listdir(folder):
            with contextlib.suppress(OSError):
                count += os.readlink(f"{folder}/{descriptor}").startswith("socket:")
        return count

    def system_call_text(self) -> str | None:
        """The number of the system call in which the main thread waits, or "running"; None where nobody may look."""
        path = f"/proc/{self.pid}/task/{self.pid}/syscall"
        with contextlib.suppress(OSError, IndexError), open(path) as file:
            return file.read().split()[0]
        return None

    def voluntary_switches(self) -> int | None:
        """How often the main thread gave the processor away by itself, that is: slept. None where unknown."""
        with contextlib.suppress(OSError), open(f"/proc/{self.pid}/task/{self.pid}/status") as file:
            for line in file:
                if line.startswith("voluntary_ctxt_switches"):
                    return int(line.split()[1])
        return None

    def suspend(self) -> None:
        """Stop it, until `resume`. When this returns, it has stopped."""
        self._probe.suspend()
        deadline = time.monotonic() + 2
        while self._probe.status() != psutil.STATUS_STOPPED and time.monotonic() < deadline:
            time.sleep(0.005)

    def resume(self) -> None:
        with contextlib.suppress(psutil.Error):
            self._probe.resume()

    def signal(self, number: int) -> None:
        """Send it a signal; the process that we have started may only be its guard (dojo.inside.sandbox)."""
        with contextlib.suppress(psutil.Error):
            self._probe.send_signal(number)

    # -- how much is too much ------------------------------------------------------------------------------

    def _watch(self) -> None:
        """End it when it takes more memory, or starts more processes, than any solution needs."""
        looks = 0
        while self.alive and not self.excess:
            time.sleep(WATCH)
            looks += 1
            with contextlib.suppress(psutil.Error, OSError):
                self._measure(kin=looks % 20 == 0)

    def _measure(self, kin: bool) -> None:
        used = self.memory()
        if kin:
            offspring = self.offspring()
            if len(offspring) > PROCESSES:
                self._stop(f"had {len(offspring)} processes running at once, over {PROCESSES}")
            for process in offspring:
                with contextlib.suppress(psutil.Error):
                    used += process.memory_info().rss
        if used > MEMORY:
            self._stop(f"used {used >> 20:,} MiB of memory, more than the {MEMORY >> 20:,} it may")

    def _stop(self, excess: str) -> None:
        self.excess = self.excess or excess
        self._kill_kin()

    # -- its end -------------------------------------------------------------------------------------------

    def end(self) -> None:
        """End the process and everything that it started."""
        self._kill_kin()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        if self._init:
            _kill(self._init)  # once more: now it is ours to wait for
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.close()
        _living.discard(self.process.pid)
        self._folder.cleanup()

    def _kill_kin(self) -> None:
        if self._init:
            with contextlib.suppress(psutil.Error):
                self._init.kill()  # and with process 1 the kernel ends all that are in there
            deadline = time.monotonic() + 1
            while _running(self._init) and time.monotonic() < deadline:
                time.sleep(0.002)  # a zombie is enough: only its own parent can wait for it
            return
        for _ in range(KILL_ROUNDS):  # what forks meanwhile is met in the next one
            kin = [*self.offspring(), *self._orphaned()]
            _kill_group(self.pid)
            with contextlib.suppress(psutil.Error):
                self._probe.kill()
            if not kin:
                break
            for act in (psutil.Process.suspend, psutil.Process.kill, _wait_for):
                for process in kin:
                    with contextlib.suppress(psutil.Error):
                        act(process)

    def outliving(self) -> list[str]:
        """After the process has ended: what it started and what still runs, with a moment's grace."""
        deadline = time.monotonic() + LINGER
        while (left := self._orphaned()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return [_describe(process) for process in left]

    def _orphaned(self) -> list[psutil.Process]:
        if self._init:
            with contextlib.suppress(psutil.Error):
                return [p for p in self._init.children(recursive=True) if _running(p)]
            return []
        return [p for p in _orphans() if self._has_started(p)]

    def _has_started(self, process: psutil.Process) -> bool:
        """Whether it is of this child's kin, by what it has inherited: it can shed a session, the environment too."""
        if _session(process) == self.pid or _has_mark(process, self._mark):
            return True
        with contextlib.suppress(psutil.Error, OSError, AttributeError):  # Linux only
            return process.rlimit(psutil.RLIMIT_MSGQUEUE)[1] == self._tag
        return False

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def _without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` in which no HTTP client goes through a proxy, the system's own settings included."""
    kept = {
        name: value for name, value in environment.items() if not name.lower().endswith("_proxy")
    }
    return {**kept, "no_proxy": "*"}


def _library_path() -> list[str]:
    """Where libraries are found here, less this repository, to which an editable install points."""
    return [p for p in sys.path if p and not _in_repository(Path(p).resolve())]


def _in_repository(path: Path) -> bool:
    return path == ROOT or path.is_relative_to(ROOT / "tests")


def adopt_orphans() -> None:
    """On Linux: become the parent of every descendant whose own parent ends, so that none gets out of sight."""
    if sys.platform == "linux":
        with contextlib.suppress(Exception):
            import ctypes

            PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
            ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orphans() -> list[psutil.Process]:
    if sys.platform == "linux":
        kin = psutil.Process().children(recursive=True)
        return [p for p in kin if p.pid not in _living and _running(p)]
    if os.name == "posix":
        return [
            p
            for p in psutil.process_iter(
                ["ppid"]
            )  # asked here, it passes over those that end meanwhile
            if p.pid not in _living and p.info["ppid"] == 1 and _running(p)
        ]
    return []


def _running(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        if process.status() != psutil.STATUS_ZOMBIE:
            return True
        if process.ppid() == os.getpid() and process.pid not in _living:
            with contextlib.suppress(OSError):
                os.waitpid(process.pid, os.WNOHANG)
    return False


def _has_mark(process: psutil.Process, mark: str) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return process.environ().get(MARK) == mark
    return False


def _session(process: psutil.Process) -> int | None:
    with contextlib.suppress(OSError, AttributeError):
        return os.getsid(process.pid)
    return None


def _describe(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return f"process {process.pid} ({process.name()})"
    return f"process {process.pid}"


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.Error):
        process.kill()
        process.wait(1)


def _wait_for(process: psutil.Process) -> None:
    process.wait(1)


def _kill_group(pid: int) -> None:
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def _decode(fields: dict[str, Any]) -> Any:
    """The inverse of `encode` in dojo/inside/main.py."""
    if len(fields) != 1:
        return fields
    ((key, value),) = fields.items()
    match key:
        case "!int":
            return int(value, 16)
        case "!float":
            return float(value)
        case "!bytes":
            return value.encode("latin-1")
        case "!tuple":
            return tuple(value)
        case "!set":
            return frozenset(value)
        case "!dict":
            return dict(value)
        case "!object":
            return Opaque(*value)
        case "!error":
            return Raised(
                value["type"],
                tuple(value["bases"]),
                value["message"],
                value["frames"],
                value.get("syntax"),
                value.get("name"),
            )
    return fields
