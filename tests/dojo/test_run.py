"""The fixture `run`: whatever a submission does, its test gets the right verdict, soon, and nothing stays behind."""

import contextlib
import os
import time

import pytest

from dojo.failures import Broken, Ended, Failure, NotWritten, Opaque, Raised, TimedOut, raised
from dojo.inside.stage import caught, task
from dojo.katas import Curriculum
from dojo.report import explain
from dojo.scenarios import Run
from dojo.submission import Submission
from dojo.suite import (
    coarse_clocks,
    collect_at_close,
    slow_reads,
    switch_at_every_line,
    watch_timed_waits,
)

LIMIT = 2.0
KATA = Curriculum().find("a1")


@pytest.fixture
def submit(tmp_path):
    """`submit(source)` makes a Run of a file with this source."""

    def submit(source):
        file = tmp_path / "a1_serial.py"
        file.write_text(source, encoding="utf-8")
        return Run(Submission(KATA, file))

    return submit


def fails(run, kind, scenario=lambda kata: kata.run_serially([]), limit=LIMIT):
    """The failure of this kind that the run ends in, within its limit plus 2 s."""
    began = time.monotonic()
    with pytest.raises(Failure) as caught:
        run(scenario, limit=limit)
    took = time.monotonic() - began
    assert type(caught.value) is kind, caught.value
    assert took < limit + 2
    return caught.value


def test_a_value_comes_back_as_data(submit):
    value = [
        None,
        True,
        1,
        2**70,
        1.5,
        float("inf"),
        "ä\n",
        b"\0\xff",
        (1, (2,)),
        {"a": {1, 2}, (1,): b""},
    ]
    run = submit("def run_serially(tasks): return tasks")
    assert run(lambda kata: kata.run_serially(value)).value == value


def test_what_is_no_data_comes_back_as_its_repr(submit):
    run = submit(
        "class Thing:\n def __repr__(self): return 'a thing'\ndef run_serially(tasks): return Thing()"
    )
    assert run(lambda kata: kata.run_serially([])).value == Opaque("Thing", "a thing")


def test_an_exception_comes_back_as_data(submit):
    run = submit("def run_serially(tasks): raise FileNotFoundError(2, 'gone')")
    error = run(lambda kata: caught(kata.run_serially, [])).value
    assert isinstance(error, Raised)
    assert error == raised(OSError)
    assert error == raised(FileNotFoundError, "[Errno 2] gone")
    assert error != raised(ValueError)


def test_an_unexpected_exception_names_the_line(submit):
    failure = fails(submit("def run_serially(tasks):\n    return 1 / 0"), Failure)
    assert "run_serially(…) raised ZeroDivisionError: division by zero" in str(failure)
    assert [place.line for place in failure.places] == [2]


def test_a_stub_is_not_written(submit):
    failure = fails(submit("def run_serially(tasks):\n    raise NotImplementedError"), NotWritten)
    assert str(failure).startswith("a1 is not written yet: ")


def test_not_written_is_not_hidden_by_a_scenario_that_catches(submit):
    run = submit("def run_serially(tasks):\n    raise NotImplementedError")
    fails(run, NotWritten, lambda kata: caught(kata.run_serially, []))


def test_an_endless_loop_is_ended_and_located(submit):
    failure = fails(submit("def run_serially(tasks):\n    while True:\n        pass"), TimedOut)
    assert "run_serially(…) did not end within 2 s" in str(failure)
    assert failure.stacks[0].places[-1].line in (2, 3)


def test_a_loop_that_holds_the_interpreter_is_located_too(submit):
    failure = fails(
        submit("def run_serially(tasks):\n    return sum(range(10 ** 13))"), TimedOut, limit=1
    )
    if os.name == "posix":
        assert failure.stacks[0].places[-1].line == 2


def test_os_exit_is_no_success(submit):
    failure = fails(submit("import os\ndef run_serially(tasks):\n    os._exit(0)"), Ended)
    assert "exit code 0" in str(failure)


def test_os_exit_while_imported_is_no_success(submit):
    assert "exit code 0" in str(fails(submit("import os\nos._exit(0)"), Ended))


def test_sys_exit_is_no_success(submit):
    failure = fails(submit("import sys\ndef run_serially(tasks):\n    sys.exit()"), Failure)
    assert "sys.exit" in str(failure)
    assert failure.places[0].line == 3


def test_a_crash_in_c_is_named_and_located(submit):
    failure = fails(
        submit("import ctypes\ndef run_serially(tasks):\n    ctypes.string_at(0)"), Ended
    )
    if os.name == "posix":
        assert "SIGSEGV" in str(failure)
        assert failure.places[-1].line == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_child_that_stays_is_found_and_ended(submit):
    source = "import os, time\ndef run_serially(tasks):\n    if os.fork() == 0:\n        time.sleep(60)\n    return []"
    assert "left a process behind" in str(fails(submit(source), Failure))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_daemon_in_a_session_of_its_own_is_found_and_ended(submit):
    source = (
        "import os, time\ndef run_serially(tasks):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0:\n            time.sleep(60)\n        os._exit(0)\n    os.wait()\n    return []"
    )
    assert "left a process behind" in str(fails(submit(source), Failure))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_the_word_of_a_fork_does_not_count(submit):
    source = "import os\ndef run_serially(tasks):\n    return 'parent' if os.fork() else 'child'"
    assert submit(source)(lambda kata: kata.run_serially([])).value == "parent"


def test_a_subprocess_that_stays_is_found_and_ended(submit):
    source = (
        "import subprocess, sys\ndef run_serially(tasks):\n"
        "    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n    return []"
    )
    if os.name == "posix":
        assert "left a process behind" in str(fails(submit(source), Failure))


def test_a_flood_of_output_is_drained_and_cut(submit):
    run = submit(
        "def run_serially(tasks):\n    for _ in range(1000):\n        print('x' * 100_000)\n    return 'done'"
    )
    outcome = run(lambda kata: kata.run_serially([]))
    assert outcome.value == "done"
    assert len(outcome.output) < 100_000
    assert "bytes …" in outcome.output


def test_an_endless_flood_of_output_is_ended(submit):
    fails(
        submit("def run_serially(tasks):\n    while True:\n        print('x' * 100_000)"), TimedOut
    )


def test_a_syntax_error_names_its_line(submit):
    failure = fails(submit("def run_serially(tasks):\n    return [\n"), Broken)
    assert "is not valid Python" in str(failure)
    assert failure.places[0].line == 2


def test_a_missing_function_is_named(submit):
    assert "has no run_serially" in str(fails(submit("def run_parallel(tasks): return []"), Broken))


def test_a_missing_file_is_named(tmp_path):
    failure = fails(Run(Submission(KATA, tmp_path / "nothing.py")), Broken)
    assert "nothing.py is missing" in str(failure)


def test_a_failing_import_is_told_apart(submit):
    failure = fails(submit("x = 1\nimport no_such_module"), Broken)
    assert (
        "fails while it is imported: ModuleNotFoundError: No module named 'no_such_module'"
        in str(failure)
    )
    assert failure.places[-1].line == 2


def test_an_import_that_hangs_is_ended(submit):
    failure = fails(submit("import time\ntime.sleep(60)"), TimedOut)
    assert "still being imported" in str(failure)
    assert failure.stacks[0].places[-1].line == 2


def test_code_that_stands_on_no_line_is_located_where_it_begins(submit):
    source = (
        "import time\ndef run_serially(tasks):\n    time.sleep(60)\n"
        "run_serially.__code__ = run_serially.__code__.replace(co_linetable=b'')\n"
    )
    failure = fails(submit(source), TimedOut)
    assert failure.stacks[0].places[-1].line == 2


def test_greenlets_that_wait_for_each_other_are_all_located(submit):
    source = (
        "import gevent\nfrom gevent.event import Event\n"
        "def run_serially(tasks):\n"
        "    one, two = Event(), Event()\n"
        "    def first():\n        one.wait()\n        two.set()\n"
        "    def second():\n        two.wait()\n        one.set()\n"
        "    gevent.spawn(lambda: gevent.sleep(60))\n"  # something that keeps the hub alive
        "    gevent.joinall([gevent.spawn(first), gevent.spawn(second)])\n"
    )
    failure = fails(submit(source), TimedOut, limit=4)
    stood = {place.line for stack in failure.stacks for place in stack.places[-1:]}
    assert {6, 9, 12} <= stood


def test_greenlets_that_nobody_can_wake_get_a_sentence(submit):
    source = (
        "import gevent\nfrom gevent.event import Event\n"
        "def run_serially(tasks):\n    gevent.spawn(Event().wait).join()\n"
    )
    assert "waits for something that nobody will bring about" in str(
        fails(submit(source), Failure, limit=10)
    )


def test_threads_that_wait_for_each_other_are_located(submit):
    source = (
        "import threading\ndef run_serially(tasks):\n    lock = threading.Lock()\n    lock.acquire()\n"
        "    thread = threading.Thread(target=lock.acquire)\n    thread.start()\n    thread.join()\n"
    )
    failure = fails(submit(source), TimedOut)
    assert 7 in {place.line for stack in failure.stacks for place in stack.places}


@pytest.mark.parametrize(
    "patch",
    [
        "import time; time.perf_counter = time.monotonic = time.time = lambda: 0.0; time.sleep = lambda s: None",
        "import builtins; builtins.isinstance = lambda *_: True; builtins.len = lambda _: 0",
        "import builtins; builtins.repr = builtins.str = lambda _: 'green'; builtins.any = lambda _: False",
        "import sys; sys.modules['pytest'] = sys.modules['dojo.failures'] = sys; sys.exit = print",
        "import pytest; pytest.fail = print; pytest.raises = print",
        "import os; os._exit = os.write = os.getpid = lambda *_: 0",
        "import dojo.inside.stage as stage; stage.spans.append(['forged', 0.0, 1.0])",
    ],
)
def test_what_it_patches_does_not_make_it_green(submit, patch):
    run = submit(f"{patch}\ndef run_serially(tasks):\n    return 'wrong'")
    with contextlib.suppress(Failure):  # it broke the child that it runs in: red as well
        assert run(lambda kata: kata.run_serially([])).value == "wrong"


def test_a_clock_that_it_patches_does_not_measure_it(submit):
    run = submit(
        "import time\nsleep = time.sleep\ntime.perf_counter = time.monotonic = lambda: 0.0\n"
        "def run_serially(tasks):\n    sleep(0.3)\n    [task() for task in tasks]"
    )
    outcome = run(lambda kata: kata.run_serially([task("it", lambda: None)]))
    assert 0.3 <= outcome.seconds < 2
    assert outcome.span("it").began >= 0.3


def test_threads_are_counted_from_outside(submit):
    run = submit(
        "import threading, time\ndef run_serially(tasks):\n"
        "    threads = [threading.Thread(target=time.sleep, args=(0.3,)) for _ in range(4)]\n"
        "    [t.start() for t in threads]\n    [t.join() for t in threads]"
    )
    assert run(lambda kata: kata.run_serially([])).threads == 5


def test_calls_are_counted_even_when_looked_up_at_import(submit):
    run = submit("from time import sleep\ndef run_serially(tasks):\n    sleep(0)\n    sleep(0)")
    outcome = run(lambda kata: kata.run_serially([]), before=[("watch", "time.sleep")])
    assert outcome.calls == {"time.sleep": 2}


def test_reads_that_bring_something_are_slowed_and_no_others(submit):
    run = submit(
        "import socket\ndef run_serially(tasks):\n    here, there = socket.socketpair()\n    there.send(b'ab')\n"
        "    data = here.recv(1) + here.recv(1)\n    here.setblocking(False)\n    for _ in range(50):\n"
        "        try:\n            here.recv(1)\n        except BlockingIOError:\n            pass\n"
        "    return data"
    )
    outcome = run(lambda kata: kata.run_serially([]), before=[slow_reads(0.2)])
    assert outcome.value == b"ab"
    assert 0.4 <= outcome.seconds < 5


def test_garbage_is_collected_when_sockets_are_closed(submit):
    run = submit(
        "import gc, socket, weakref\ndef run_serially(tasks):\n    gc.disable()\n    class Ring:\n        pass\n"
        "    ring = Ring()\n    ring.itself, seen = ring, weakref.ref(ring)\n    del ring\n"
        "    for _ in range(10):\n        socket.socket().close()\n    return seen() is None"
    )
    assert run(lambda kata: kata.run_serially([]), before=[collect_at_close]).value


@pytest.mark.parametrize("clock", ["monotonic", "perf_counter", "time", "monotonic_ns"])
def test_a_coarse_clock_gives_the_same_reading_for_15_ms(submit, clock):
    run = submit(
        f"import time\nclass Timer:\n    now = time.{clock}\n"
        "def run_serially(tasks):\n    readings, timer, began = [], Timer(), tasks[0]()\n"
        "    while tasks[0]() < began + 0.1:\n        readings.append(timer.now())\n"
        "    return readings"
    )

    def scenario(kata):
        from dojo.inside.stage import perf_counter

        return kata.run_serially([perf_counter])

    readings = run(scenario, before=[coarse_clocks]).value
    assert readings == sorted(readings)
    assert readings[-1] - readings[0] >= (0.08 if type(readings[0]) is float else 80_000_000)
    assert len(set(readings)) <= 10 + (readings[-1] - readings[0]) / (
        0.015 if type(readings[0]) is float else 15_000_000
    )


@pytest.mark.parametrize(
    ("code", "counted"),
    [
        ("time.sleep(0)", "time.sleep"),
        ("threading.Event().wait(0.01)", "threading.Event.wait"),
        (
            "c = threading.Condition(); c.acquire(); c.wait(timeout=0.01)",
            "threading.Condition.wait",
        ),
        (
            "c = threading.Condition(); c.acquire(); c.wait_for(lambda: False, 0.01)",
            "threading.Condition.wait_for",
        ),
        (
            "lock = threading.Lock(); lock.acquire(); lock.acquire(True, 0.01)",
            "threading.Lock.acquire",
        ),
        (
            "lock = _thread.allocate_lock(); lock.acquire(); lock.acquire(timeout=0.01)",
            "threading.Lock.acquire",
        ),
        ("threading.Semaphore(0).acquire(timeout=0.01)", "threading.Semaphore.acquire"),
        ("q = queue.Queue(); q.put(1); q.get(True, 0.01)", "queue.Queue.get"),
        ("q = queue.SimpleQueue(); q.put(1); q.get(timeout=0.01)", "queue.SimpleQueue.get"),
        ("t = threading.Thread(target=print); t.start(); t.join(1)", "threading.Thread.join"),
        ("select.select([], [], [], 0.01)", "select.select"),
    ],
)
def test_a_timed_wait_is_counted_once(submit, code, counted):
    run = submit(
        f"import _thread, queue, select, threading, time\ndef run_serially(tasks):\n    {code}"
    )
    outcome = run(lambda kata: kata.run_serially([]), before=[watch_timed_waits])
    assert outcome.calls == {counted: 1}


def test_waits_without_a_time_out_are_not_counted(submit):
    run = submit(
        "import queue, threading\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "def run_serially(tasks):\n"
        "    here, there, lock, event = queue.Queue(), queue.SimpleQueue(), threading.Lock(), threading.Event()\n"
        "    condition, semaphore = threading.Condition(lock), threading.Semaphore(0)\n"
        "    def other():\n        there.put(here.get())\n        event.set()\n        semaphore.release()\n"
        "        with condition:\n            condition.notify_all()\n"
        "    thread = threading.Thread(target=other)\n"
        "    with condition:\n        thread.start()\n        here.put(1)\n        there.get()\n"
        "        condition.wait()\n"
        "    event.wait()\n    semaphore.acquire()\n    thread.join()\n    lock.acquire(False)\n"
        "    event.wait(0)\n"
        "    with ThreadPoolExecutor(2) as pool:\n        return [f.result() for f in [pool.submit(int)] * 3]"
    )
    outcome = run(lambda kata: kata.run_serially([]), before=[watch_timed_waits])
    assert outcome.value == [0, 0, 0]
    assert outcome.calls == {}


def test_the_learners_folder_stays_as_it_was(submit, tmp_path):
    run = submit("open('left.txt', 'w').write('x')\ndef run_serially(tasks): return []")
    run(lambda kata: kata.run_serially([]))
    assert [path.name for path in tmp_path.iterdir()] == ["a1_serial.py"]


def test_the_child_finds_neither_tests_nor_solutions(submit):
    run = submit("import sys\ndef run_serially(tasks): return list(sys.path)")
    from dojo.katas import ROOT

    assert str(ROOT) not in run(lambda kata: kata.run_serially([])).value


def test_nothing_but_a_little_is_imported_before_the_kata(submit):
    run = submit("import sys\nbefore = set(sys.modules)\ndef run_serially(tasks): return before")
    loaded = run(lambda kata: kata.run_serially([])).value
    assert not loaded & {
        "socket",
        "threading",
        "subprocess",
        "select",
        "selectors",
        "signal",
        "queue",
        "json",
        "ssl",
    }


def test_the_report_shows_the_lines_and_the_next_step(submit):
    run = submit(
        "def run_serially(tasks):\n    print('so far')\n    return helper()\n\ndef helper():\n    return 1 / 0"
    )
    failure = fails(run, Failure)
    text = explain(failure, run.submission, output="so far\n")
    assert "division by zero" in text
    assert "a1_serial.py:3   return helper()" in text
    assert "a1_serial.py:6   return 1 / 0" in text
    assert "your code printed:\n  so far" in text
    assert "kata hint a1" in text
    assert "Traceback" not in text


def test_an_assert_inside_a_scenario_is_refused(submit):
    def scenario(kata):
        assert kata.run_serially([]) == []

    with pytest.raises(TypeError, match="assert in the test"):
        submit("def run_serially(tasks): return []")(scenario)


def test_the_story_tells_who_had_the_thread(submit):
    run = submit(
        "import gevent\ndef run_serially(tasks): gevent.joinall([gevent.spawn(t) for t in tasks])"
    )

    def scenario(kata):
        import gevent

        kata.run_serially([task("one", lambda: gevent.sleep(0.3)), task("two", lambda: None)])

    run(scenario)
    one, two = run.story.spans
    assert sum(ended - began for began, ended in one.runs) < 0.15
    assert one.ended - one.began >= 0.3
    assert two.ended < one.ended


def test_the_story_of_a_run_that_never_ended_is_told(submit):
    run = submit("def run_serially(tasks):\n    [task() for task in tasks]\n    while True: pass")
    fails(run, TimedOut, lambda kata: kata.run_serially([task("it")]), limit=1)
    assert [span.lane for span in run.story.spans] == ["it"]


@pytest.mark.parametrize(
    "start",
    [
        "threading.Thread(target=add).start()",
        "_thread.start_new_thread(add, ())",
        "pool.submit(add)",
    ],
)
def test_threads_that_share_carelessly_are_found_out(submit, start):
    run = submit(
        "import _thread, threading, time\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(20)\n"
        "total, done = 0, []\n"
        "def add():\n"
        "    global total\n"
        "    seen = total\n"
        "    total = seen + 1\n"
        "    done.append(1)\n"
        "def run_serially(tasks):\n"
        "    for _ in range(20):\n"
        f"        {start}\n"
        "    while len(done) < 20:\n"
        "        time.sleep(0.01)\n"
        "    return total\n"
    )
    assert run(lambda kata: kata.run_serially([]), before=[switch_at_every_line]).value < 20
