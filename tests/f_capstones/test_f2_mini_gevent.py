"""f2: spawn, joinall, sleep and a patch: blocking code that knows nothing of it takes turns, in one thread.

Each test is a step; they build on each other. All waiting happens in greenlets that `spawn` started; the standard
library's modules are imported after `patch()`, as the contract says.
"""

import ast
import contextlib
import io
import os
import selectors
import socket
import sys
import time
import tokenize
from _thread import get_ident
from functools import partial

import pytest

from dojo.suite import Failure, about, raised, span, task, watch
from tests.server_contract import STARTERS

LINES = 250  # neither blank nor comment; docstrings and the demo are not counted either
PATIENCE = 3.0  # seconds after which a call that should have ended long ago is helped out
TICKS = 5  # naps of 20 ms by somebody else while one call waits
TIME_OUT = 0.7  # seconds: longer than any pause of the machine
BIG = 1 << 20
SMALL_BUFFER = 8_192
BORROWED = ("asyncio", "curio", "eventlet", "gevent", "tornado", "trio", "twisted", "uvloop")
KINDS = [
    name
    for name in (
        "DefaultSelector",
        "SelectSelector",
        "PollSelector",
        "EpollSelector",
        "KqueueSelector",
    )
    if hasattr(selectors, name)
]


# -- what the scenarios share ----------------------------------------------------------------------------------


def beside_a_ticker(kata, ticks, *works):
    """Run `works` as greenlets, beside one that naps and adds to `ticks` until all have ended: what each came to."""
    results = {}

    def guarded(number, work):
        try:
            results[number] = work()
        except Exception as error:
            results[number] = error

    def ticker():
        while len(results) < len(works):
            time.sleep(0.02)
            if len(results) < len(works):
                ticks.append("tick")

    guards = [kata.spawn(partial(guarded, number, work)) for number, work in enumerate(works)]
    kata.joinall([*guards, kata.spawn(ticker)])
    for result in results.values():
        if isinstance(result, NotImplementedError):
            raise result
    return [results.get(number, "It has not ended.") for number in range(len(works))]


def see_others_run(ticks):
    """Nap until the ticker has had its turns, and no longer than anybody has patience."""
    seen, deadline = len(ticks), time.monotonic() + PATIENCE
    while len(ticks) < seen + TICKS and time.monotonic() < deadline:
        time.sleep(0.02)


def narrow_pair(kata=None):
    """Two connected sockets whose buffers a few kilobytes fill.

    Outside of the greenlets of `kata` nothing may wait, and where there is no AF_UNIX, socketpair connects.
    """
    made = []
    if kata is None or hasattr(socket, "AF_UNIX"):
        made += socket.socketpair()
    else:
        kata.joinall([kata.spawn(lambda: made.extend(socket.socketpair()))])
    for sock in made:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        sock.settimeout(PATIENCE)  # so that a call which holds up everybody ends, and can be told
    return made


def letters(size):
    return bytes(range(256)) * (size // 256)


def read_all(sock):
    pieces = []
    while data := sock.recv(65536):
        pieces.append(data)
    return b"".join(pieces)


def overlap(outcome, one, other):
    return outcome.span(one).began < outcome.span(other).ended and (
        outcome.span(other).began < outcome.span(one).ended
    )


def let_others_run(ticks, call, at_least=TICKS):
    assert len(ticks) >= at_least, (
        f"{call} had to wait. Another greenlet naps for 20 ms again and again, and could do so only {len(ticks)} times"
        f" meanwhile: {call} held up the whole thread."
    )


def costs_nothing(outcome, call, seconds):
    assert outcome.cpu < seconds / 10, (
        f"{call} had to wait for {seconds:g} s, and the program computed for {outcome.cpu:.2f} s meanwhile: it looks"
        " again and again, instead of having the hub wait for just what was asked for: these descriptors, these events."
    )


# -- a hub -----------------------------------------------------------------------------------------------------


def test_joinall_waits_until_every_greenlet_has_ended(run):
    def scenario(kata):
        log = []

        def work(name, naps):
            for _ in range(naps):
                kata.sleep(0.02)
            log.append(name)

        kata.joinall([kata.spawn(partial(work, name, n)) for n, name in enumerate("abc")])
        return sorted(log)

    assert run(scenario).value == ["a", "b", "c"], "Who of a, b, c had ended when joinall returned?"


def test_joinall_takes_any_iterable(run):
    def scenario(kata):
        log = []

        def work(name):
            kata.sleep(0.05)
            log.append(name)

        kata.joinall(kata.spawn(work, name) for name in "abc")
        return sorted(log)

    assert run(scenario).value == ["a", "b", "c"], (
        "joinall was given a generator, which can be gone through only once."
        " Who of a, b, c had ended when it returned?"
    )


def test_an_exception_ends_only_its_greenlet(run):
    def scenario(kata):
        log = []

        def fail():
            kata.sleep(0.02)
            raise LookupError("the demo of a failure")

        def work():
            for step in range(3):
                kata.sleep(0.02)
                log.append(step)

        kata.joinall([kata.spawn(fail), kata.spawn(work)])
        return log

    outcome = run(scenario)
    assert outcome.value == [0, 1, 2], (
        "One of two greenlets failed, the other one slept three times. What that one had noted when joinall returned:"
    )
    assert "LookupError: the demo of a failure" in outcome.output, (
        "A greenlet ended with LookupError('the demo of a failure'), and nothing was printed: nobody will ever know."
    )


def test_a_sleep_of_no_time_lets_the_others_run(run):
    def scenario(kata):
        log = []

        def look():
            for _ in range(50):
                kata.sleep(0)
                kata.sleep()
            return list(log)

        def note():
            log.append("the other has run")

        seen = []
        kata.joinall([kata.spawn(lambda: seen.append(look())), kata.spawn(note)])
        return seen

    assert run(scenario).value == [["the other has run"]], (
        "A greenlet slept for 0 seconds, a hundred times, and another one was spawned after it. What that one had noted"
        " by then:"
    )


@pytest.mark.trace
def test_sleep_lets_the_others_run(run):
    def scenario(kata):
        naps = [
            task(lane, lambda: kata.sleep(0.5)) for lane in ("eat", "play", "read", "sing", "walk")
        ]
        kata.joinall([kata.spawn(nap) for nap in naps])

    outcome = run(scenario)
    assert overlap(outcome, "eat", "read"), (
        "read began only when eat had slept: the whole thread slept, not the greenlet."
    )
    assert outcome.seconds == about(0.5, not_=2.5), "Five naps of 0.5 s, side by side:"


def test_everybody_sleeps_for_their_own_time(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        log = []

        def nap(seconds):
            began = perf_counter()
            kata.sleep(seconds)
            log.append((seconds, perf_counter() - began))

        kata.joinall([kata.spawn(partial(nap, seconds)) for seconds in (0.7, 0.1, 0.4)])
        return log

    slept = run(scenario).value
    assert [seconds for seconds, _ in slept] == [0.1, 0.4, 0.7], (
        "Greenlets slept for 0.7 s, 0.1 s and 0.4 s, all at the same time. They woke in this order:"
    )
    for seconds, took in slept:
        assert took > seconds - 0.02, f"A nap of {seconds} s was over after {took:.2f} s."


def test_a_greenlet_spawns_another_one(run):
    def scenario(kata):
        log = []

        def child():
            kata.sleep(0.02)
            log.append("child")

        def parent():
            kata.spawn(child)
            while not log and len(naps) < 100:
                kata.sleep(0.02)
                naps.append("nap")
            log.append("parent")

        naps = []
        kata.joinall([kata.spawn(parent)])
        return log

    assert run(scenario).value == ["child", "parent"], (
        "A greenlet spawned a child and slept until it had run. Who ran:"
    )


def test_spawn_passes_its_arguments_on(run):
    def scenario(kata):
        log = []

        def note(first, *, second="nothing"):
            kata.sleep(0.01)
            log.append((first, second))

        kata.joinall([kata.spawn(note, "one", second="two")])
        return log

    noted = run(scenario).value
    assert noted, "spawn(note, 'one', second='two') was joined, and note had not run to its end."
    assert noted == [("one", "two")], (
        f"spawn(note, 'one', second='two') called note with {noted[0]} for first and second."
    )


# -- a patch: time ---------------------------------------------------------------------------------------------


@pytest.mark.trace
def test_two_two_second_naps_of_time_sleep_take_about_two_seconds(run):
    def scenario(kata):
        kata.patch()
        naps = [task(lane, lambda: time.sleep(2)) for lane in ("eat", "play")]
        kata.joinall([kata.spawn(nap) for nap in naps])

    outcome = run(scenario)
    assert overlap(outcome, "eat", "play"), (
        f"took {outcome.seconds:.1f} s, expected about 2: play began only when eat had ended,"
        " so nothing switched while eat slept."
    )
    assert outcome.seconds == about(2, not_=4)


def test_a_sleep_looked_up_after_the_patch_lets_the_others_run(run):
    def scenario(kata):
        kata.patch()
        from time import sleep

        naps = [task(lane, lambda: sleep(0.5)) for lane in ("eat", "play")]
        kata.joinall([kata.spawn(nap) for nap in naps])

    assert overlap(run(scenario), "eat", "play"), (
        "patch() was called, then `from time import sleep`, then two greenlets called that sleep: they slept one after"
        " the other. patch() has to replace it at once."
    )


# -- a patch: sockets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["recv", "recv_into", "accept"])
def test_whoever_waits_for_a_socket_lets_the_others_run(run, call):
    def scenario(kata):
        kata.patch()
        ticks, (one, other) = [], narrow_pair(kata)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)

        def wait():
            if call == "recv":
                return one.recv(100)
            if call == "recv_into":
                buffer = bytearray(100)
                return bytes(buffer[: one.recv_into(buffer)])
            connection, _ = listener.accept()
            connection.settimeout(PATIENCE)
            return connection.recv(100)

        def act():
            see_others_run(ticks)
            if call != "accept":
                other.sendall(b"hello")
                return None
            with socket.create_connection(listener.getsockname(), PATIENCE) as sock:
                sock.sendall(b"hello")
                time.sleep(0.1)

        return ticks, beside_a_ticker(kata, ticks, wait, act)

    ticks, (heard, error) = run(scenario).value
    assert error is None, f"The other side, which was to send, ended with {error!r}."
    assert heard != raised(TimeoutError), (
        f"One greenlet waits in {call}, another one naps a little and then acts, and never got its turn:"
        f" {call} held up the whole thread."
    )
    assert (heard, error) == (b"hello", None), f"What {call} led to, and how the other side ended:"
    let_others_run(ticks, call)


@pytest.mark.parametrize("call", ["send", "sendall"])
def test_whoever_sends_to_a_slow_reader_lets_the_others_run(run, call):
    def scenario(kata):
        kata.patch()
        ticks, (one, other) = [], narrow_pair(kata)
        message = letters(BIG)

        def talk():
            if call == "sendall":
                one.sendall(message)
            else:
                rest = memoryview(message)
                while rest:
                    rest = rest[one.send(rest) :]
            one.close()
            return "all sent"

        def listen():
            see_others_run(ticks)
            return read_all(other) == message

        return ticks, beside_a_ticker(kata, ticks, talk, listen)

    ticks, (sent, same) = run(scenario).value
    assert sent != raised(TimeoutError), (
        f"One greenlet waits in {call} until there is room, another one naps a little before it reads, and never got"
        f" its turn: {call} held up the whole thread."
    )
    assert (sent, same) == ("all sent", True), (
        "How the sender ended, and whether all arrived as sent:"
    )
    let_others_run(ticks, call)


def test_a_reader_and_a_writer_wait_on_one_socket(run):
    def scenario(kata):
        kata.patch()
        one, other = narrow_pair(kata)
        message = letters(BIG)

        def talk():
            one.sendall(message)
            one.shutdown(socket.SHUT_WR)
            return "all sent"

        def listen():
            return one.recv(100)

        def peer():
            time.sleep(0.1)
            other.sendall(b"hello")
            time.sleep(0.1)
            return read_all(other) == message

        return beside_a_ticker(kata, [], talk, listen, peer)

    assert run(scenario).value == ["all sent", b"hello", True], (
        "One greenlet waits in sendall, another one in recv, on the same socket; its peer says hello and reads. How the"
        " three ended:"
    )


def test_connect_reaches_a_listener_in_the_same_thread(run):
    def scenario(kata):
        kata.patch()
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)

        def answer():
            for _ in range(2):
                connection, _ = listener.accept()
                connection.settimeout(PATIENCE)
                with connection:
                    connection.sendall(connection.recv(100).upper())

        def ask():
            answers = []
            for word in (b"hello", b"again"):
                with socket.socket() as sock:
                    sock.settimeout(PATIENCE)
                    sock.connect(listener.getsockname())
                    sock.sendall(word)
                    answers.append(sock.recv(100))
            return answers

        return beside_a_ticker(kata, [], answer, ask)

    assert run(scenario).value == [None, [b"HELLO", b"AGAIN"]]


def test_a_refused_connection_is_an_error(run):
    def scenario(kata):
        kata.patch()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = listener.getsockname()  # nobody listens there any more

        def ask():
            with socket.socket() as sock:
                sock.connect(address)
                return "connected"

        return beside_a_ticker(kata, [], ask)

    (answer,) = run(scenario).value
    assert answer == raised(ConnectionRefusedError), (
        f"Nobody listened at the address, so connect was to raise ConnectionRefusedError; it gave {answer!r}."
    )


# -- a patch: time-outs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["recv", "recv_into", "accept", "send", "sendall"])
def test_a_time_out_ends_the_wait_and_lets_the_others_run(run, call):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        kata.patch()
        ticks, (one, other) = [], narrow_pair(kata)
        listener = socket.create_server(("127.0.0.1", 0))
        over = []

        def send_for_ever():
            while True:
                one.send(letters(4096))

        def wait():
            one.settimeout(TIME_OUT)
            listener.settimeout(TIME_OUT)
            calls = {
                "recv": lambda: one.recv(100),
                "recv_into": lambda: one.recv_into(bytearray(100)),
                "accept": listener.accept,
                "send": send_for_ever,
                "sendall": lambda: one.sendall(letters(BIG)),
            }
            began = perf_counter()
            try:
                calls[call]()
            except TimeoutError:
                return perf_counter() - began
            finally:
                over.append("over")
            return f"{call} returned"

        def help_out():  # a wait whose time-out is ignored must end, too
            began = perf_counter()
            while not over and perf_counter() - began < PATIENCE:
                time.sleep(0.02)
            if over:
                return None
            if call == "accept":
                socket.create_connection(listener.getsockname(), PATIENCE).close()
            elif call.startswith("recv"):
                other.sendall(b"at last")
            else:
                other.close()
            return "helped"

        return ticks, beside_a_ticker(kata, ticks, wait, help_out)

    ticks, (waited, helped) = run(scenario).value
    assert not helped, (
        f"settimeout({TIME_OUT}), and {call} still waited after {PATIENCE:g} s: the time-out was ignored."
    )
    assert isinstance(waited, float), (
        f"settimeout({TIME_OUT}), and nothing comes: {call} was to raise TimeoutError; it came to this: {waited!r}."
    )
    assert waited == about(TIME_OUT, not_=PATIENCE), f"settimeout({TIME_OUT}), then {call}:"
    let_others_run(ticks, call, at_least=2)


@pytest.mark.skipif(sys.platform == "win32", reason="a full backlog refuses on Windows")
def test_a_connect_that_hangs_lets_the_others_run_and_ends_with_its_time_out(run):
    def scenario(kata):
        import _socket  # the originals: never patched

        from dojo.inside.stage import perf_counter

        kata.patch()
        listener = _socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        crowd = [_socket.socket() for _ in range(8)]
        for sock in crowd:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        if crowd[-1].connect_ex(listener.getsockname()) in (0, 106, 56):  # connected already
            return "room"

        def ask():
            began = perf_counter()
            with socket.socket() as sock:
                sock.settimeout(TIME_OUT)
                try:
                    sock.connect(listener.getsockname())
                except TimeoutError:
                    return perf_counter() - began
            return "connect returned"

        ticks = []
        return ticks, beside_a_ticker(kata, ticks, ask)

    value = run(scenario).value
    if value == "room":
        pytest.skip("this system takes more connections than the backlog says")
    ticks, (waited,) = value
    assert isinstance(waited, float), (
        f"settimeout({TIME_OUT}), and nobody accepts: connect was to raise TimeoutError; it came to this: {waited!r}."
    )
    assert waited == about(TIME_OUT, not_=PATIENCE), f"settimeout({TIME_OUT}), then connect:"
    let_others_run(ticks, "connect", at_least=2)


@pytest.mark.parametrize("first", ["data", "time-out"])
def test_a_wait_that_is_over_wakes_nobody_later(run, first):
    """Data may come when the wait has timed out, and the time-out may come when the data is there."""

    def scenario(kata, heard_after):
        kata.patch()
        from dojo.inside.stage import perf_counter

        one, other = narrow_pair(kata)

        def wait():
            one.settimeout(TIME_OUT)
            try:
                heard = one.recv(100)
            except TimeoutError:
                heard = "timed out"
            began = perf_counter()
            time.sleep(1.5)
            return heard, perf_counter() - began

        def talk():
            for seconds in heard_after:
                time.sleep(seconds)
                other.sendall(b"hello")

        return beside_a_ticker(kata, [], wait, talk)

    after = [0.1, 0.2] if first == "data" else [TIME_OUT + 0.5]
    outcome = run(partial(scenario, heard_after=after))
    waited, error = outcome.value
    assert isinstance(waited, tuple), (
        f"settimeout({TIME_OUT}), recv, then sleep(1.5): this came of it: {waited!r}."
    )
    heard, slept = waited
    assert (heard, error) == (b"hello" if first == "data" else "timed out", None), (
        f"settimeout({TIME_OUT}), then recv; what came of it, and how the sender ended:"
    )
    what = "the time-out passed" if first == "data" else "data came"
    assert slept > 1.4, (
        f"recv was over, and the greenlet slept for 1.5 s; meanwhile {what}, which nobody waited for any more. That"
        f" woke the sleeper after {slept:.1f} s."
    )
    assert outcome.cpu < 0.1, (
        "recv was over, and all greenlets slept or napped for 1.5 s. Data lay there that nobody waited for, and the"
        f" program computed for {outcome.cpu:.2f} s: nobody told the selector that the wait is over, so it reports the"
        " same data again and again."
    )


def test_a_time_out_of_zero_does_not_wait(run):
    def scenario(kata):
        kata.patch()
        one, other = narrow_pair(kata)

        def look():
            one.settimeout(0)
            try:
                return one.recv(100)
            except OSError:
                return "nothing there"

        def talk():
            time.sleep(0.3)
            other.sendall(b"too late")

        return beside_a_ticker(kata, [], look, talk)

    assert run(scenario).value == ["nothing there", None], (
        "settimeout(0), and nothing had come: recv is to raise at once. What it did, and how the sender ended:"
    )


def test_a_socket_that_blocks_again_waits_again(run):
    def scenario(kata):
        kata.patch()
        one, other = narrow_pair(kata)

        def wait():
            one.setblocking(False)
            try:
                one.recv(100)
            except BlockingIOError:
                one.setblocking(True)
            return one.recv(100)

        def talk():
            time.sleep(0.3)
            other.sendall(b"hello")

        return beside_a_ticker(kata, [], wait, talk)

    assert run(scenario).value == [b"hello", None], (
        "setblocking(False), a recv that finds nothing, then setblocking(True): the next recv is to wait for the data."
        " What it heard, and how the sender ended:"
    )


# -- a patch: close --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["recv", "sendall"])
def test_close_ends_the_wait_of_another_greenlet(run, call):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        kata.patch()
        one, other = narrow_pair(kata)

        def wait():
            began = perf_counter()
            with contextlib.suppress(OSError, ValueError):
                one.recv(100) if call == "recv" else one.sendall(bytes(BIG))
            return perf_counter() - began

        def close():
            time.sleep(0.3)
            one.close()

        waited, error = beside_a_ticker(kata, [], wait, close)
        return waited, error, bool(other)

    waited, error, _ = run(scenario).value
    assert error is None, f"close failed: {error!r}."
    assert isinstance(waited, float), (
        f"A greenlet waited in {call} when another one closed the socket. It was to get an OSError, and got {waited!r}."
    )
    assert waited == about(0.3, not_=PATIENCE), (
        f"A greenlet waited in {call} when another one closed the socket after 0.3 s. The wait was over after:"
    )


def test_a_descriptor_that_comes_back_wakes_its_new_owner(run):
    def scenario(kata):
        kata.patch()
        one, other = narrow_pair(kata)
        pairs = [(one, other)]

        def wait():
            try:
                return one.recv(100)
            except (OSError, ValueError):
                return "closed"

        def close_and_wait_again():
            time.sleep(0.1)
            number = one.fileno()
            one.close()
            pairs.append(narrow_pair())
            new = next((sock for sock in pairs[-1] if sock.fileno() == number), None)
            return new.recv(100) if new else "another descriptor"

        def talk():
            time.sleep(0.3)
            for sock in pairs[-1]:
                sock.sendall(b"hello")

        return beside_a_ticker(kata, [], wait, close_and_wait_again, talk)

    _, heard, error = run(scenario).value
    if heard == "another descriptor":
        pytest.skip("this system gave the new socket another descriptor than the closed one's")
    assert (heard, error) == (b"hello", None), (
        "A socket was closed while a greenlet waited for it, and the next socket got its descriptor. Another greenlet"
        " waits for data of that one. What it heard, and how the sender ended:"
    )


# -- a patch: select and selectors -----------------------------------------------------------------------------


def test_select_lets_the_others_run(run):
    def scenario(kata):
        kata.patch()
        import select

        ticks, (one, other) = [], narrow_pair(kata)
        third, fourth = narrow_pair(kata)

        def wait():
            readable, writable, broken = select.select([third.fileno(), one], [], [], PATIENCE)
            return [sock is one for sock in readable], writable, broken

        def talk():
            see_others_run(ticks)
            other.sendall(b"hello")

        results = beside_a_ticker(kata, ticks, wait, talk)
        return ticks, results, bool(fourth)

    ticks, (ready, error), _ = run(scenario).value
    assert ready != ([], [], []), (
        "One greenlet waits in select, another one naps a little and then sends, and never got its turn: select held up"
        " the whole thread."
    )
    assert (ready, error) == (([True], [], []), None), (
        "select watched two sockets; then the second one had data. Was it that one which select reported?"
    )
    let_others_run(ticks, "select")


@pytest.mark.parametrize("how", ["select", "a selector"])
def test_select_waits_for_room_to_send(run, how):
    def scenario(kata):
        kata.patch()
        import select
        import selectors

        one, other = narrow_pair(kata)
        full = []

        def wait():
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    one.send(bytes(4096))
            full.append(True)
            if how == "select":
                return bool(select.select([], [one], [], 4 * PATIENCE)[1])
            with selectors.DefaultSelector() as selector:
                selector.register(one, selectors.EVENT_WRITE)
                return bool(selector.select(4 * PATIENCE))

        def read():
            while not full:
                kata.sleep(0.01)
            kata.sleep(0.05)
            other.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while other.recv(65536):
                    pass
            drained.append(perf_counter())

        def work():
            found.append(wait())
            found.append(perf_counter())

        from dojo.inside.stage import perf_counter

        found, drained = [], []
        kata.joinall([kata.spawn(work), kata.spawn(read)])
        return found[0], found[1] - drained[0]

    ready, waited = run(scenario, limit=30).value
    assert ready and waited < PATIENCE, (
        f"A greenlet waits in {how} for room to send in a full socket; another one empties it. It came back"
        f" {waited:.1f} s later, and reported " + ("it." if ready else "nothing.")
    )


@pytest.mark.parametrize("comes", ["data", "room"])
def test_select_watches_one_socket_for_both(run, comes):
    def scenario(kata):
        kata.patch()
        import select

        one, other = narrow_pair(kata)

        def wait():
            one.setblocking(False)
            for _ in range(5):  # TCP takes its time to be full
                with contextlib.suppress(BlockingIOError):
                    while True:
                        one.send(bytes(4096))
                kata.sleep(0.02)
            full.append(True)
            began = perf_counter()
            readable, writable, _ = select.select([one], [one], [], PATIENCE)
            return bool(readable), bool(writable), perf_counter() - began

        def help_out():
            while not full:
                kata.sleep(0.01)
            kata.sleep(0.1)
            if comes == "data":
                other.send(b"hello")
                return
            other.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while other.recv(65536):
                    pass

        from dojo.inside.stage import perf_counter

        full = []
        return beside_a_ticker(kata, [], wait, help_out)

    (readable, writable, waited), error = run(scenario).value
    assert (readable, writable, error) == (comes == "data", comes == "room", None), (
        f"A greenlet has filled a socket and waits in select for data or for room; then there is {comes}. Was it"
        " readable, was it writable, and how the other greenlet ended:"
    )
    assert waited == about(0.1, not_=PATIENCE), (
        f"A greenlet has filled a socket and waits in select for data or for room; after 0.1 s there is {comes}."
    )


def test_select_gives_up_after_its_time_out(run):
    def scenario(kata):
        kata.patch()
        import select

        ticks, (one, other) = [], narrow_pair(kata)

        def wait():
            nothing = select.select([one], [], [], TIME_OUT)
            at_once = select.select([one], [other], [], 0)
            return nothing, [sock is other for sock in at_once[1]], at_once[0]

        return ticks, beside_a_ticker(kata, ticks, wait)

    outcome = run(scenario)
    ticks, (answers,) = outcome.value
    assert answers == (([], [], []), [True], []), (
        "What select gave after its time-out; then, with a time-out of 0, who was writable and who readable:"
    )
    let_others_run(ticks, "select", at_least=2)
    costs_nothing(outcome, "select", TIME_OUT)


@pytest.mark.parametrize("kind", KINDS)
def test_selectors_let_the_others_run(run, kind):
    def scenario(kata):
        kata.patch()
        import selectors

        from dojo.inside.stage import perf_counter

        ticks, (one, other) = [], narrow_pair(kata)

        def wait():
            with getattr(selectors, kind)() as selector:
                selector.register(one, selectors.EVENT_READ, "one")
                nothing = selector.select(0.3)
                del ticks[:]
                there = [(key.data, mask) for key, mask in selector.select(2 * PATIENCE)]
                late.append(perf_counter() - sent[0] if sent else 0)
                return nothing, there

        def talk():
            time.sleep(0.6)
            see_others_run(ticks)
            sent.append(perf_counter())
            other.sendall(b"hello")

        sent, late = [], []
        return ticks, beside_a_ticker(kata, ticks, wait, talk), late

    outcome = run(scenario)
    ticks, (answers, error), late = outcome.value
    assert answers != ([], []), (
        f"One greenlet waits in {kind}.select, another one naps a little and then sends, and never got its turn:"
        f" {kind}.select held up the whole thread."
    )
    assert (answers, error) == (([], [("one", selectors.EVENT_READ)]), None), (
        f"{kind}.select(0.3) while nothing came, and again while data came:"
    )
    assert late[0] < PATIENCE, f"{kind}.select came back {late[0]:.1f} s after data had come."
    let_others_run(ticks, f"{kind}.select")
    costs_nothing(outcome, f"{kind}.select", 0.6)


# -- the real world, unmodified --------------------------------------------------------------------------------


def fetch_in_one_thread(kata, page, fetches):
    """http.server.HTTPServer and urllib.request, both in greenlets: the bodies, and who ran in which thread."""
    kata.patch()
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    import http.server
    import socketserver
    import urllib.request

    threads = [get_ident()]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            threads.append(get_ident())
            with span("server"):
                time.sleep(0.2)
                self.send_response(200)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

        def log_message(self, *_):
            pass

    class Server(http.server.HTTPServer):
        def server_bind(self):  # HTTPServer's own asks DNS for a name
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

        def service_actions(self):
            if len(threads) > fetches or time.monotonic() > deadline:
                raise StopIteration

    deadline = time.monotonic() + 3 * PATIENCE
    server = Server(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}/"

    def serve():
        try:
            server.serve_forever(poll_interval=0.1)
        except StopIteration:
            return "served"

    def fetch():
        with span("client"), urllib.request.urlopen(url, timeout=2 * PATIENCE) as answer:
            return answer.read()

    ticks = []
    results = beside_a_ticker(kata, ticks, serve, *[fetch] * fetches)
    return ticks, results, [thread == threads[0] for thread in threads]


@pytest.mark.trace
def test_urllib_fetches_from_http_server_in_the_same_thread(run):
    def scenario(kata):
        return fetch_in_one_thread(kata, b"hello", fetches=2)

    outcome = run(scenario, limit=30)
    ticks, (served, *bodies), same_thread = outcome.value
    assert bodies == [b"hello"] * 2, (
        "urllib.request fetched b'hello' twice from http.server, all in one thread. If one of them waits in place, the"
        " others never get their turn:"
    )
    assert served == "served", f"http.server ended with {served!r}."
    assert all(same_thread), "The server's handler ran in another thread than the client."
    let_others_run(ticks, "The handler that sleeps")


def test_a_big_page_arrives_whole(run):
    def scenario(kata):
        page = letters(4 * BIG)
        _, (_, *bodies), _ = fetch_in_one_thread(kata, page, fetches=1)
        return [body == page if isinstance(body, bytes) else body for body in bodies]

    assert run(scenario, limit=30).value == [True], (
        "http.server sent 4 MiB to urllib.request in the same thread. Did they arrive whole?"
    )


# -- by itself -------------------------------------------------------------------------------------------------


def test_while_everybody_waits_the_thread_sleeps(run):
    def scenario(kata):
        kata.patch()
        one, other = narrow_pair(kata)

        def talk():
            time.sleep(1)
            other.sendall(b"hello")

        kata.joinall([kata.spawn(work) for work in (talk, lambda: one.recv(100))])

    outcome = run(scenario)
    assert outcome.cpu < 0.1, (
        f"One greenlet slept for 1 s, another one waited in recv; the program computed for {outcome.cpu:.2f} s"
        " meanwhile: it asks again and again instead of waiting in a selector."
    )


def test_while_everybody_sleeps_the_thread_sleeps(run):
    def scenario(kata):
        kata.joinall([kata.spawn(partial(kata.sleep, seconds)) for seconds in (0.5, 1)])

    outcome = run(scenario)
    assert outcome.cpu < 0.1, (
        f"Two greenlets slept, for 0.5 s and for 1 s; the program computed for {outcome.cpu:.2f} s meanwhile: it asks"
        " the clock again and again instead of sleeping until the first one has to go on."
    )


def test_without_any_time_out_it_waits_for_whoever_comes(run):
    def scenario(kata):
        import _socket  # the originals: never patched
        from _thread import allocate_lock, start_new_thread

        kata.patch()
        listener = socket.create_server(("127.0.0.1", 0))
        address, heard = listener.getsockname(), []

        def from_outside():
            lock = allocate_lock()
            with lock:
                lock.acquire(True, 0.5)
            caller = _socket.socket()
            caller.connect(address)
            caller.send(b"hello")
            caller.close()

        def wait():
            connection, _ = listener.accept()
            heard.append(connection.recv(100))

        start_new_thread(from_outside, ())
        kata.joinall([kata.spawn(wait)])
        return heard

    assert run(scenario).value == [b"hello"], (
        "One greenlet waits in accept, then in recv, without any time-out, and nobody sleeps. After half a second"
        " another program connects and says hello. What was heard when joinall returned:"
    )


def test_everything_happens_in_one_thread(run):
    def scenario(kata):
        kata.patch()
        one, other = narrow_pair(kata)
        threads = []

        def listen():
            one.recv(100)
            threads.append(get_ident())

        def talk():
            time.sleep(0.4)
            threads.append(get_ident())
            other.sendall(b"hello")

        kata.joinall([kata.spawn(listen), kata.spawn(talk)])
        return [thread == get_ident() for thread in threads]

    outcome = run(scenario, before=[watch(*STARTERS)])
    assert outcome.value == [True] * 2, (
        "Greenlets ran in other threads than the one that called joinall."
    )
    begun = sum(outcome.calls[name] for name in STARTERS[:2])
    assert not begun, f"It started {begun} threads of the system, expected none."


def test_nothing_but_greenlet_and_the_standard_library(run):
    def scenario(kata):
        kata.patch()
        kata.joinall([kata.spawn(lambda: time.sleep(0.01))])
        return sorted({name.partition(".")[0] for name in sys.modules})

    borrowed = [name for name in run(scenario).value if name in BORROWED]
    assert not borrowed, (
        f"{', '.join(borrowed)} was imported: this kata is about what such a library does inside, so it is to use"
        " greenlet and selectors only."
    )


def test_it_can_be_read_in_one_sitting(run, submission):
    run(lambda kata: kata.patch())
    count = lines_of_code("\n".join(submission.lines))
    if count >= LINES:
        raise Failure(
            f"{count} lines of code; under {LINES} please. Blank lines, comments, docstrings and the demo do not count."
        )


def lines_of_code(source):
    """Lines that are neither blank nor comment, nor in a docstring, nor in `if __name__ == "__main__":`."""
    left_out = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
            left_out.update(range(first.lineno, first.end_lineno + 1))
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            left_out.update(range(node.lineno, node.end_lineno + 1))
    code = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP):
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - left_out)
