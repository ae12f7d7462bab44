"""e2: the kernel itself completes reads, tells of each, and lets go of the buffers when it is asked to."""

import errno
import gc
import itertools
import os
import signal
import socket
import threading
import time

import pytest

from dojo.failures import Ended
from dojo.limits import missing_io_uring
from dojo.suite import Failure, caught, no_reads_from, raised, watch_rings

missing = missing_io_uring()
pytestmark = pytest.mark.skipif(bool(missing), reason=missing)

HIGH = 100  # descriptors from here on must not be read by anybody but the kernel
SIZE = 50_000
GIVE_UP = 3  # seconds until a writer stops waiting for somebody who waits for something else


def pipes(count):
    """So many pipes: their reading ends, their writing ends."""
    both = [os.pipe() for _ in range(count)]
    return [pair[0] for pair in both], [pair[1] for pair in both]


def named(ends, found):
    """What came out, with the number of each pipe instead of its descriptor."""
    return [(ends.index(fd) if fd in ends else fd, data) for fd, data in found]


def test_every_descriptor_comes_once_with_its_data(run):
    def scenario(kata):
        ends, others = pipes(3)
        for number, other in enumerate(others):
            os.write(other, b"hello from %d" % number)
        return sorted(named(ends, kata.completions(ends, 100)))

    assert run(scenario).value == [(n, b"hello from %d" % n) for n in range(3)]


def test_the_data_is_bytes_to_its_last_zero(run):
    def scenario(kata):
        (end,), (other,) = pipes(1)
        os.write(other, bytes([0, 65, 0, 0]))
        return [(type(data).__name__, bytes(data)) for _, data in kata.completions([end], 100)]

    ((name, data),) = run(scenario).value
    assert name == "bytes", (
        f"The data came as {name}, expected bytes: a buffer that the kernel has written into may be written into again."
    )
    assert data == bytes([0, 65, 0, 0]), (
        f"b'\\x00A\\x00\\x00' was written and {data!r} came out. How long the data is, the completion's result says;"
        " zeros are data like any other."
    )


def test_no_descriptors_no_completions(run):
    assert run(lambda kata: list(kata.completions([], 100))).value == []


def test_a_socket_is_a_descriptor_too(run):
    def scenario(kata):
        here, there = socket.socketpair()
        there.sendall(b"hello")
        return [data for _, data in kata.completions([here.fileno()], 100)]

    assert run(scenario).value == [b"hello"]


def test_end_of_file_is_no_data(run):
    def scenario(kata):
        ends, others = pipes(2)
        os.close(others[0])
        os.write(others[1], b"hello")
        return sorted(named(ends, kata.completions(ends, 100)))

    assert run(scenario).value == [(0, b""), (1, b"hello")]


def test_one_read_of_size_bytes_and_no_more(run):
    def scenario(kata):
        (end,), (other,) = pipes(1)
        os.write(other, b"abcdefgh")
        found = [data for _, data in kata.completions([end], 3)]
        os.set_blocking(end, False)
        rest = caught(lambda: found.append(os.read(end, 100)))
        return found, rest

    found, rest = run(scenario).value
    assert found == [b"abc", b"defgh"], (
        f"The pipe held b'abcdefgh', and one read of 3 bytes was asked for. It brought {found[:1]}; left in the pipe"
        f" was {found[1:] or rest}."
    )


def test_each_comes_as_soon_as_it_completes(run):
    def scenario(kata):
        ends, others = pipes(3)
        taken = [threading.Event() for _ in range(3)]
        early = []

        def write():
            for turn, number in enumerate((2, 0, 1)):
                os.write(others[number], b"hello from %d" % number)
                if not taken[turn].wait(GIVE_UP):
                    early.append(number)

        threading.Thread(target=write, daemon=True).start()
        order = []
        for turn, (fd, _) in enumerate(kata.completions(ends, 100)):
            order.append(ends.index(fd))
            taken[turn].set()
        return order, early

    order, in_vain = run(scenario, limit=20).value
    assert not in_vain, (
        f"Pipe {in_vain[0]} had its data, but nothing was told of it for {GIVE_UP} s: other pipes were waited for"
        f" first. Data came in the order 2, 0, 1; told was {order}."
    )
    assert order == [2, 0, 1], f"Data came in the order 2, 0, 1; told was {order}."


def test_three_hundred_are_in_flight_at_once(run):
    def scenario(kata):
        ends, others = pipes(300)

        def write():
            time.sleep(0.2)
            for number in reversed(range(300)):
                os.write(others[number], b"%d" % number)

        threading.Thread(target=write, daemon=True).start()
        return sorted(named(ends, kata.completions(ends, 10)))

    assert run(scenario).value == [(n, b"%d" % n) for n in range(300)]


def test_a_failed_read_raises_the_kernels_error(run):
    def scenario(kata):
        _, (other,) = pipes(1)
        folder = os.open(os.sep, os.O_RDONLY)
        results = []
        for descriptor in (other, folder, 9999):  # opened for writing, a folder, not open at all
            try:
                results.append(named([descriptor], kata.completions([descriptor], 100)))
            except OSError as error:
                results.append(error.errno)
        return results

    results = run(scenario).value
    told = {errno.EBADF: "EBADF", errno.EISDIR: "EISDIR"}
    assert [told.get(r, r) if isinstance(r, int) else r for r in results] == [
        "EBADF",
        "EISDIR",
        "EBADF",
    ], (
        "Reads of a pipe's writing end, of a folder and of a descriptor that is not open. A negative result is"
        " -errno: OSError(-result) was expected."
    )


def test_a_signal_does_not_disturb_it(run):
    def scenario(kata):
        (end,), (other,) = pipes(1)
        heard = []
        signal.signal(signal.SIGALRM, lambda *_: heard.append("signal"))
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        threading.Timer(0.6, os.write, (other, b"hello")).start()
        try:
            return [data for _, data in kata.completions([end], 100)], len(heard)
        except OSError as error:
            return error, len(heard)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    found, heard = run(scenario).value
    assert found != raised(OSError), (
        f"A signal came while it waited for completions, and out came {found!r}: an interrupted wait is waited again."
    )
    assert found == [b"hello"]
    assert heard, "No signal was heard while it waited: is it blocked?"


def test_after_a_signal_there_is_still_one_read_for_each(run):
    def scenario(kata):
        ends, others = pipes(2)
        signal.signal(signal.SIGALRM, lambda *_: None)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        threading.Timer(0.4, os.write, (others[0], b"first")).start()
        try:
            found = iter(kata.completions(ends, 100))
            first = next(found)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        os.write(others[0], b"second")  # for whoever reads next; its one read is over
        time.sleep(0.1)
        os.set_blocking(ends[0], False)
        error = caught(lambda: second.append(os.read(ends[0], 100)))
        os.write(others[1], b"other")
        return named(ends, [first, *found]), second, error

    second = []
    found, second, error = run(scenario).value
    assert found == [(0, b"first"), (1, b"other")]
    assert (second, error) == ([b"second"], None), (
        "Signals came while it waited for two pipes; then one had data and was told of. What came after that was gone:"
        " a second read was in flight, and took it. Wait again, but do not read again."
    )


def test_while_nothing_completes_the_process_sleeps(run):
    def scenario(kata):
        (end,), (other,) = pipes(1)
        threading.Timer(1.0, os.write, (other, b"hello")).start()
        return [data for _, data in kata.completions([end], 100)]

    outcome = run(scenario)
    assert outcome.value == [b"hello"]
    assert outcome.cpu < 0.1, (
        f"The data came after 1 s, and the process computed for {outcome.cpu:.2f} s meanwhile: it asks again and again"
        " instead of having the kernel wake it up when a completion is there."
    )


def test_no_read_call_is_made_for_the_data(run):
    def scenario(kata):
        ends, others = pipes(3)
        for number, (end, other) in enumerate(zip(ends, others, strict=True)):
            os.dup2(end, HIGH + number)
            os.close(end)
            os.write(other, b"%d" % number * SIZE)
        ends = [HIGH + number for number in range(3)]
        with open("/proc/self/io") as file:
            before = file.read()
        found = named(ends, kata.completions(ends, SIZE))
        with open("/proc/self/io") as file:
            after = file.read()
        counts = [int(text.split()[1]) for text in (before, after)]  # rchar: …
        return sorted((number, len(data)) for number, data in found), counts[1] - counts[0]

    try:
        outcome = run(scenario, before=[no_reads_from(HIGH)])
    except Ended as ended:
        if "SIGSYS" not in str(ended):
            raise
        raise Failure(
            "The process made a read call for the data (read, recv, dup, splice or one of their kin), in some thread."
            " Only the kernel may read here: hand it an IORING_OP_READ."
        ) from None
    found, read = outcome.value
    assert found == [(number, SIZE) for number in range(3)]
    how = (
        "" if outcome.calls["no reads"] else " (No filter of system calls here, so it was counted.)"
    )
    assert read < SIZE, f"The process read {read:,} bytes by system calls of its own.{how}"


def open_descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_no_descriptor_stays_open(run):
    def scenario(kata):
        ends, others = pipes(4)

        def whole():
            for other in others:
                os.write(other, b"x")
            list(kata.completions(ends, 1))

        def half():
            os.write(others[0], b"x")
            found = kata.completions(ends, 1)
            next(found)

        def failed():
            caught(list, kata.completions([9999, *ends], 1))

        counts = []
        for way in (whole, half, failed):
            way()
            gc.collect()
            before = open_descriptors()
            for _ in range(20):
                way()
                gc.collect()
            counts.append(open_descriptors() - before)
        return counts

    counts = run(scenario, limit=20).value
    for count, when in zip(
        counts, ("it came to its end", "it was given up", "a read failed"), strict=True
    ):
        assert count < 10, (
            f"20 times {when}, and {count} descriptors more are open: close the ring."
        )


def test_given_up_it_leaves_no_read_behind(run):
    def scenario(kata):
        taken = 0
        for _ in range(10):
            ends, others = pipes(20)
            os.write(others[10], b"first")
            found = kata.completions(ends, 100)
            next(found)
            del found
            gc.collect()
            for number in {*range(20)} - {10}:  # a read that is still in flight takes this away
                os.write(others[number], b"mine")
                os.set_blocking(ends[number], False)
                taken += caught(os.read, ends[number], 100) is not None
            for descriptor in itertools.chain(ends, others):
                os.close(descriptor)
        return taken

    outcome = run(scenario, before=[watch_rings])
    assert not outcome.value, (
        "Twenty reads were in flight, one completed, and the iterator was given up, ten times. Then data came:"
        f" {outcome.value} of 190 pipes were empty, because a read that was still in flight took it, into memory that"
        " may be somebody else's by then. Cancel each, and wait for its completion."
    )
    assert not outcome.calls["pending"], (
        "Twenty reads were in flight, one completed, and the iterator was given up, ten times. When the rings were"
        f" closed, {outcome.calls['pending']} reads were still pending: their buffers are freed while the kernel may"
        " still write into them. Cancel each, and wait for its completion, before you close the ring."
    )


def test_given_up_when_all_have_completed_it_ends(run):
    def scenario(kata):
        ends, others = pipes(3)
        for other in others:
            os.write(other, b"now")
        found = kata.completions(ends, 100)
        first = named(ends, [next(found)])
        del found
        gc.collect()
        return first

    ((_, data),) = run(scenario, limit=5).value
    assert data == b"now"


def test_a_failure_leaves_no_read_behind(run):
    def scenario(kata):
        left = []
        for _ in range(10):
            (end,), (other,) = pipes(1)
            caught(list, kata.completions([9999, end], 100))
            gc.collect()
            os.write(other, b"mine")
            os.set_blocking(end, False)
            error = caught(os.read, end, 100)
            left.append(repr(error) if error else "mine")
        return left

    left = run(scenario).value
    taken = [what for what in left if what != "mine"]
    assert not taken, (
        f"One of two reads failed, and OSError came out. Then data came for the other one: {len(taken)} times of 10 it"
        " was gone, because the read was still in flight and took it."
    )
