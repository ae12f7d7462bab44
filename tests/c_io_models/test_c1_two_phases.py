"""c1: the two phases of a read: waiting until the kernel has something, and copying it."""

import socket
import sys
import threading
import time
from statistics import median

import pytest

from dojo.suite import about

PATIENCE = 4  # seconds; every scenario has sent all that it sends long before


def pair():
    """Two ends of a TCP connection: the one that reads, and the one that sends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = socket.create_connection(listener.getsockname())
        here, _ = listener.accept()
    there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return here, there


def received(kata, sock, size):
    """What `receive` gives: [waited, copied, data, the whole call's seconds]; None if it does not come back.

    A thread calls it, so that a read that waits for ever is a result and no hung run.
    """
    from dojo.inside.stage import perf_counter

    came = []

    def call():
        try:
            began = perf_counter()
            got = kata.receive(sock, size)
            whole = perf_counter() - began
            came.append([got.waited, got.copied, got.data, whole])
        except BaseException as error:
            came.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if came and isinstance(came[0], BaseException):
        raise came[0]
    return came[0] if came else None


def later(seconds, action, *args):
    """Call `action(*args)` in `seconds`, while the kata reads; on the picture as `sender`."""
    from dojo.inside.stage import span, waiting

    def work():
        with waiting("sender"):
            time.sleep(seconds)
        with span("sender"):
            action(*args)

    threading.Thread(target=work, daemon=True).start()


def draw(got):
    """The two phases that a reception tells of, on the picture."""
    from dojo.inside.stage import WAITS, perf_counter, spans

    waited, copied, _, whole = got
    began = perf_counter() - whole
    spans.append(["receive", began, began + waited, WAITS])
    spans.append(["receive", began + waited, began + waited + copied, None])


def rounds_with_a_late_sender(run, action):
    """Three receptions whose data, or end, comes after half a second; the median of each of their times."""

    def scenario(kata):
        from dojo.inside.stage import spans

        rounds = []
        for _ in range(3):
            spans.clear()
            here, there = pair()
            with here, there:
                later(0.5, action, there)
                got = received(kata, here, 1024)
                if got is None:
                    return None
                draw(got)
                rounds.append(got)
        return rounds

    rounds = run(scenario, limit=30).value
    assert rounds is not None, "Something came after half a second, and receive did not return."
    waited, copied, whole = (median(got[n] for got in rounds) for n in (0, 1, 3))
    return waited, copied, whole, [got[2] for got in rounds]


def assert_the_phases_fit(waited, copied, whole):
    told = f"The call took {whole:.2f} s; it told of waited={waited:.3g} and copied={copied:.3g} seconds"
    assert min(waited, copied) >= 0, f"{told}, and time does not run backwards."
    assert waited + copied <= whole + 0.05, (
        f"{told}, which is more than the call itself took. Seconds, each phase once?"
    )


def test_what_was_sent_comes_back(run):
    """More than once each: a signal may wake who waits for more, but not each time."""
    messages = [b"hello", b"a", bytes(range(256)), b"\n"] * 12

    def scenario(kata):
        seen = []
        for message in messages:
            here, there = pair()
            with here, there:
                there.sendall(message)
                got = received(kata, here, 1024)
            seen.append(got and got[2])
            if got is None:
                break
        return seen

    for message, data in zip(messages, run(scenario, limit=30).value, strict=False):
        if data is None:
            raise AssertionError(
                f"{message[:20]!r} was sent, nothing else followed, and receive(sock, 1024) did not come back:"
                " it waits for more than there is. The first bytes end the wait, and looking must not take them."
            )
        assert data == message, f"{message[:20]!r} was sent, and {data[:20]!r} came out of receive."


@pytest.mark.trace
def test_data_that_comes_after_half_a_second_was_waited_for(run):
    waited, copied, whole, data = rounds_with_a_late_sender(
        run, lambda there: there.sendall(b"hello")
    )
    assert data == [b"hello"] * 3
    assert_the_phases_fit(waited, copied, whole)
    late = waited == about(0.5, not_=0)
    assert late, (
        f"The data came after 0.5 s, and waited is {waited:.3g} s: the first phase ends when the kernel has"
        " something, not earlier."
    )
    assert copied == about(0, not_=0.5), (
        f"Five bytes were copied, and copied is {copied:.3g} s: that is the wait. The second phase begins only when"
        " the data is there; read the clock at that moment."
    )


def test_data_that_is_already_there_is_not_waited_for(run):
    def scenario(kata):
        pairs = [pair() for _ in range(3)]
        for _, there in pairs:
            there.sendall(b"hello")
        time.sleep(0.5)
        return [received(kata, here, 1024) for here, _ in pairs]

    rounds = run(scenario, limit=30).value
    assert None not in rounds, "The data was there, and receive did not return."
    assert [got[2] for got in rounds] == [b"hello"] * 3
    waited, copied, whole = (median(got[n] for got in rounds) for n in (0, 1, 3))
    assert_the_phases_fit(waited, copied, whole)
    assert waited == about(0, not_=0.5), (
        f"The data had been there for half a second, and waited is {waited:.3g} s: the kernel had something all the"
        " time."
    )
    assert copied == about(0, not_=0.5), f"Five bytes were copied, and copied is {copied:.3g} s."


def test_nothing_is_lost_and_nothing_comes_twice(run):
    def scenario(kata):
        here, there = pair()
        with here, there:
            there.sendall(b"abcdefghijkl")
            seen = []
            for size in (5, 1, 4, 1024):
                got = received(kata, here, size)
                seen.append(got and got[2])
            later(0.3, there.sendall, b"mnop")
            got = received(kata, here, 1024)
            seen.append(got and got[2])
        return seen

    *pieces, more = run(scenario, limit=30).value
    assert pieces == [b"abcde", b"f", b"ghij", b"kl"], (
        f"b'abcdefghijkl' was sent and read in pieces of at most 5, 1, 4 and 1,024 bytes: {pieces}."
        " Looking whether something is there must leave it there, and reading must take it away."
    )
    assert more == b"mnop", (
        f"b'mnop' came 0.3 s after the last byte had been read, and receive gave {more!r}."
    )


def test_it_takes_what_is_there_and_does_not_wait_for_more(run):
    """Fifty times: whoever waits for more may be woken too early by a signal, but not each time."""

    def scenario(kata):
        here, there = pair()
        with here, there:
            for _ in range(50):
                there.sendall(b"first")
                got = received(kata, here, 1024)
                if got is None or got[2] != b"first":
                    break
        return got

    got = run(scenario, limit=30).value
    assert got is not None, (
        "b'first' was there, nothing else followed, and receive(sock, 1024) did not come back: 1,024 is the most that"
        " it takes, no amount to wait for."
    )
    assert got[2] == b"first", f"b'first' was there; receive(sock, 1024) gave {got[2]!r}."


def test_the_end_comes_as_no_bytes(run):
    def scenario(kata):
        seen = []
        for message in (b"", b"last words"):
            here, there = pair()
            with here:
                there.sendall(message)
                there.close()
                if message:
                    received(kata, here, 1024)
                seen.append(received(kata, here, 1024))
        return seen

    seen = run(scenario, limit=30).value
    assert None not in seen, (
        "The other side has closed, and receive did not return: nothing will come any more, and that is what it has"
        " to tell."
    )
    assert [got[2] for got in seen] == [b"", b""]


def test_the_end_is_waited_for_like_data(run):
    waited, copied, whole, data = rounds_with_a_late_sender(run, lambda there: there.close())
    assert data == [b""] * 3
    assert_the_phases_fit(waited, copied, whole)
    assert waited == about(0.5, not_=0), (
        f"The other side closed after 0.5 s, and waited is {waited:.3g} s."
    )
    assert copied == about(0, not_=0.5), f"There was nothing to copy, and copied is {copied:.3g} s."


def test_the_copy_is_timed_too(run):
    """Five bytes are copied faster than some clocks tick: here the call that copies takes 0.3 s longer."""

    def scenario(kata):
        flags_at = {"recv": 1, "recvfrom": 1, "recv_into": 2, "recvfrom_into": 2}
        copies = []

        def slow(name):
            def read(self, *args, **named):
                got = getattr(super(Slow, self), name)(*args, **named)
                if not sum(args[flags_at[name] :], named.get("flags", 0)) & socket.MSG_PEEK:
                    copies.append(name)
                    time.sleep(0.3)
                return got

            return read

        Slow = type("Slow", (socket.socket,), {name: slow(name) for name in flags_at})
        here, there = pair()
        with Slow(fileno=here.detach()) as here, there:
            there.sendall(b"hello")
            return received(kata, here, 1024), copies

    got, copies = run(scenario).value
    assert got and got[2] == b"hello", f"Five bytes were already there: b'hello'; here came {got}."
    if not copies:
        pytest.skip("the copy was made by no method of the socket, so it could not be slowed down")
    waited, copied, *_ = got
    assert copied > 0.15, (
        f"The data was already there, and the copy took 0.3 s; waited is {waited:.2f} s, and copied is {copied:.2f} s:"
        " the copy is not timed. The second phase begins when the data is there, and ends when it is copied."
    )


def test_a_longer_wait_takes_no_more_calls(run):
    """How often `receive` calls a function does not depend on how long nothing comes. (Once a second is forgiven.)"""

    def scenario(kata):
        from collections import Counter

        from dojo.inside.stage import perf_counter

        def calls_in(seconds):
            calls = Counter()

            def count(frame, event, function):
                if event in ("call", "c_call"):
                    calls[frame.f_code if event == "call" else function] += 1

            here, there = pair()
            with here, there:
                later(seconds, there.sendall, b"hello")
                began = perf_counter()
                sys.setprofile(count)
                try:
                    kata.receive(here, 1024)
                finally:
                    sys.setprofile(None)
                return calls, perf_counter() - began

        calls_in(0)
        (few, less), (many, more) = calls_in(0.1), calls_in(3.1)
        return max((many - few).values(), default=0), more - less

    asked, seconds = run(scenario, limit=20).value
    assert asked < 1.5 * seconds, (
        f"When the data came {seconds:.1f} s later, receive called some function {asked} times more often: something"
        " looks again and again. A call that blocks sleeps until there is something, however long that takes."
    )


def test_waiting_costs_no_processor_time(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        def readings():
            try:
                from resource import RUSAGE_THREAD, getrusage

                return time.process_time(), perf_counter(), getrusage(RUSAGE_THREAD).ru_nvcsw
            except ImportError:
                return time.process_time(), perf_counter(), 0

        here, there = pair()
        with here, there:
            later(1, there.sendall, b"hello")
            before = readings()
            got = kata.receive(here, 1024)
            after = readings()
        return got.data, got.waited, got.copied, [b - a for a, b in zip(before, after, strict=True)]

    data, waited, copied, (cpu, seconds, woken) = run(scenario).value
    assert data == b"hello"
    assert cpu < 0.03 * seconds, (
        f"Nothing came for {seconds:.1f} s, and the processor was busy for {cpu:.2f} s of it: something asks again and"
        " again whether the kernel has anything. A call that blocks sleeps until it has."
    )
    assert woken < 15, (
        f"Nothing came for {seconds:.1f} s, and the thread woke {woken} times to look: something asks again and"
        " again. A call that blocks is woken once, when there is something."
    )
    a_moment = copied == about(0, not_=1)
    assert a_moment, (
        f"Nothing came for {seconds:.1f} s, and copied is {copied:.2f} s: part of the wait is booked as copying."
    )
    all_of_it = waited > 0.75  # midway between this wait and that of the other tests
    assert all_of_it, (
        f"Nothing came for {seconds:.1f} s, and waited is {waited:.2f} s: it is to be measured, each time."
    )
