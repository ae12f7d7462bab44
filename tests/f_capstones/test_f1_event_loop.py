"""f1: an event loop for async and await: tasks, timers, sockets, cancellation, and a server on top.

Each test is a step; they build on each other. A contract that leaves a choice is read with both eyes: `cancel` may be
an ordinary method or an awaitable, and a task may begin in `spawn` or at the loop's next turn.
"""

import contextlib
import selectors
import socket
import sys
import time
from _thread import get_ident

import pytest

from dojo.suite import Failure, about, caught, coarse_clocks, raised, span, watch

CLIENTS = 400 if selectors.DefaultSelector is selectors.SelectSelector else 1000
THOUSAND = 1_000
IDLE = 0.05  # of one core
PATIENCE = 3.0  # seconds within which somebody who was woken has run; milliseconds would do
BIG = 4 << 20
SMALL_BUFFER = 8_192
BORROWED = (
    "asyncio",
    "curio",
    "eventlet",
    "gevent",
    "greenlet",
    "tornado",
    "trio",
    "twisted",
    "uvloop",
)
REGISTER = "selectors._BaseSelectorImpl.register"  # what every selector's register calls


# -- what the scenarios share ----------------------------------------------------------------------------------


def play(kata, main):
    """Run the coroutine function `main` in the kata's loop; its value. What it raises comes out."""
    values, errors = [], []

    async def watched():
        try:
            values.append(await main())
        except BaseException as error:
            errors.append(error)
            raise

    kata.run(watched())
    if errors:
        raise errors[0]
    return values[0] if values else "run() returned, and its main coroutine had not ended."


async def cancel(task):
    """Cancel `task`, whether its `cancel` is to be awaited or not."""
    answer = task.cancel()
    if hasattr(answer, "__await__") or hasattr(answer, "send"):
        await answer


async def ending(kata, task):
    """How `task` ended: what `join` gave, the Exception that it raised, or "Cancelled"."""
    try:
        return await task.join()
    except NotImplementedError:
        raise
    except BaseException as error:
        kinds = getattr(kata, "Cancelled", ())
        if isinstance(error, kinds) or type(error).__name__ == "Cancelled":
            return "Cancelled"
        if isinstance(error, Exception):
            return error
        raise


async def until(kata, happened, limit=PATIENCE):
    """Let the others run until `happened()`; whether it did within `limit` seconds."""
    deadline = time.perf_counter() + limit
    while not happened() and time.perf_counter() < deadline:
        await kata.sleep(0.01)
    return bool(happened())


def pair():
    """Two connected sockets that do not block."""
    one, other = socket.socketpair()
    one.setblocking(False)
    other.setblocking(False)
    return one, other


def narrow_pair():
    """The same, with buffers that a few kilobytes fill."""
    one, other = pair()
    for sock in (one, other):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    return one, other


def drain(sock):
    """Everything that has come."""
    pieces = []
    try:
        while data := sock.recv(65536):
            pieces.append(data)
    except BlockingIOError:
        pass
    return b"".join(pieces)


# -- tasks -----------------------------------------------------------------------------------------------------


def test_run_runs_a_coroutine_to_its_end(run):
    def scenario(kata):
        log = []

        async def answer():
            return 42

        async def main():
            log.append("begun")
            log.append(await answer())

        kata.run(main())
        return log

    assert run(scenario).value == ["begun", 42], (
        "What the main coroutine had noted when run() returned:"
    )


def test_run_gives_what_main_returned_or_raises_what_it_raised(run):
    def scenario(kata):
        async def work(value):
            await kata.sleep(0)
            return value

        async def fail():
            await kata.sleep(0)
            raise ValueError("boom")

        return [kata.run(work("first")), kata.run(work(0)), caught(kata.run, fail())]

    assert run(scenario).value == ["first", 0, raised(ValueError, "boom")], (
        "run() was called three times, one after the other; main returned 'first', returned 0, and raised"
        " ValueError('boom'):"
    )


def test_join_waits_for_a_task_and_gives_its_value(run):
    def scenario(kata):
        async def work(value):
            return value

        async def main():
            tasks = [kata.spawn(work(value)) for value in ("one", None, 0, "", "five")]
            return [await task.join() for task in tasks]

        return play(kata, main)

    assert run(scenario).value == ["one", None, 0, "", "five"], (
        "The values of five tasks, from join():"
    )


def test_join_raises_what_the_task_raised(run):
    def scenario(kata):
        async def fail():
            raise ValueError("boom")

        async def main():
            return await ending(kata, kata.spawn(fail()))

        try:
            return play(kata, main)
        except ValueError:
            return "out of run()"

    error = run(scenario).value
    assert error != "out of run()", (
        "A task raised ValueError('boom'), and it came out of run(). It belongs into the task's join()."
    )
    assert error == raised(ValueError, "boom"), (
        f"A task raised ValueError('boom'); its join() gave {error!r}."
    )


def test_a_task_can_be_joined_long_after_its_end_and_more_than_once(run):
    def scenario(kata):
        async def work():
            return "done"

        async def fail():
            raise ValueError("boom")

        async def main():
            good, bad = kata.spawn(work()), kata.spawn(fail())
            endings = []
            for _ in range(2):
                await kata.sleep(0.05)
                endings += [await ending(kata, good), await ending(kata, bad)]
            return endings

        return play(kata, main)

    boom = raised(ValueError, "boom")
    assert run(scenario).value == ["done", boom, "done", boom], (
        "Two tasks had ended, one with a value, one with an error, and were joined twice:"
    )


def test_tasks_spawn_tasks(run):
    def scenario(kata):
        async def family(generations):
            if not generations:
                return ["the last"]
            await kata.sleep(0.01)
            child = kata.spawn(family(generations - 1))
            return [generations, *await child.join()]

        async def main():
            return await kata.spawn(family(3)).join()

        return play(kata, main)

    assert run(scenario).value == [3, 2, 1, "the last"]


def test_everybody_who_joins_a_task_goes_on_when_it_ends(run):
    def scenario(kata):
        async def work():
            await kata.sleep(0.1)
            return "done"

        async def wait_for(task):
            return await task.join()

        async def main():
            task = kata.spawn(work())
            joiners = [kata.spawn(wait_for(task)) for _ in range(3)]
            return [await joiner.join() for joiner in joiners]

        return play(kata, main)

    assert run(scenario).value == ["done"] * 3, "Three tasks waited in join() for the same task:"


# -- timers ----------------------------------------------------------------------------------------------------


@pytest.mark.trace
def test_naps_overlap(run):
    def scenario(kata):
        async def nap(lane):
            with span(lane):
                await kata.sleep(0.5)

        async def main():
            for task in [kata.spawn(nap(lane)) for lane in ("eat", "play", "read", "sing")]:
                await task.join()

        play(kata, main)

    outcome = run(scenario)
    eat, sing = outcome.span("eat"), outcome.span("sing")
    assert sing.began < eat.ended, (
        f"took {outcome.seconds:.1f} s, expected about 0.5: sing began only when eat had slept, so the whole thread"
        " slept, not the task."
    )
    assert outcome.seconds == about(0.5, not_=2), "Four naps of 0.5 s, side by side:"


def test_a_sleep_of_no_time_lets_the_others_run(run):
    def scenario(kata):
        log = []

        async def work():
            log.append("the other has run")

        async def main():
            kata.spawn(work())
            for _ in range(100):
                await kata.sleep(0)
            return list(log)

        return play(kata, main)

    assert run(scenario).value == ["the other has run"], (
        "A task was spawned, then main slept for 0 seconds, a hundred times. What the task had noted by then:"
    )


def test_everybody_sleeps_for_their_own_time(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        slept = []

        async def nap(seconds):
            began = perf_counter()
            await kata.sleep(seconds)
            slept.append((seconds, perf_counter() - began))

        async def main():
            for task in [kata.spawn(nap(seconds)) for seconds in (0.9, 0.1, 0.5)]:
                await task.join()

        play(kata, main)
        return slept

    slept = run(scenario).value
    assert [seconds for seconds, _ in slept] == [0.1, 0.5, 0.9], (
        "Tasks slept for 0.9 s, 0.1 s and 0.5 s, all at the same time. They woke in this order:"
    )
    for seconds, took in slept:
        assert took > seconds - 0.02, f"A nap of {seconds} s was over after {took:.2f} s."


def test_a_thousand_tasks_sleep_side_by_side(run):
    def scenario(kata):
        begun, seen = [], []

        async def nap():
            begun.append(1)
            await kata.sleep(0.6 if not seen else 0)
            seen.append(len(begun))

        async def main():
            for task in [kata.spawn(nap()) for _ in range(THOUSAND)]:
                await task.join()

        play(kata, main)
        return seen

    seen = run(scenario, limit=30).value
    assert len(seen) == THOUSAND, f"Of {THOUSAND:,} sleepers {len(seen):,} woke up."
    assert seen[0] == THOUSAND, (
        f"When the first of {THOUSAND:,} naps was over, {seen[0]:,} tasks had begun: the others had waited for it."
    )


def test_alarms_of_the_same_moment_ring_for_everybody(run):
    def scenario(kata):
        woken = []

        async def nap():
            await kata.sleep(0.1)
            woken.append(1)

        async def main():
            for task in [kata.spawn(nap()) for _ in range(50)]:
                await task.join()

        try:
            play(kata, main)
        except NotImplementedError:
            raise
        except Exception as error:
            return repr(error), len(woken)
        return None, len(woken)

    # Real clocks hardly ever tie; one that ticks every 15 ms, like some systems', does all the time.
    error, woken = run(scenario, before=[coarse_clocks], limit=30).value
    assert error is None, (
        f"50 tasks sleep until the same moments of a coarse clock, and the loop raised {error}: "
        "what decides between equal alarms?"
    )
    assert woken == 50, f"50 tasks sleep until the same moments of a coarse clock; {woken} woke up."


def test_while_everybody_sleeps_the_thread_sleeps(run):
    def scenario(kata):
        async def main():
            for task in [kata.spawn(kata.sleep(1)) for _ in range(3)]:
                await task.join()

        play(kata, main)

    outcome = run(scenario)
    assert outcome.cpu < IDLE, (
        f"Three tasks slept for 1 s, and meanwhile the program computed for {outcome.cpu:.2f} s:"
        " it asks again and again whether somebody's time is up."
    )


# -- sockets ---------------------------------------------------------------------------------------------------


def test_recv_waits_for_data_while_others_run(run):
    def scenario(kata):
        one, other = pair()

        async def listen():
            return await kata.recv(one, 100)

        async def talk():
            await kata.sleep(0.2)
            return other.send(b"hello")

        async def main():
            listener, talker = kata.spawn(listen()), kata.spawn(talk())
            return [await ending(kata, listener), await ending(kata, talker)]

        return play(kata, main)

    assert run(scenario).value == [b"hello", 5], (
        "One task waits in recv, another one sends b'hello' after 0.2 s. What recv gave, and what was sent:"
    )


def test_recv_gives_at_most_n_bytes_and_nothing_at_the_end(run):
    def scenario(kata):
        one, other = pair()

        async def main():
            other.send(b"hello")
            other.shutdown(socket.SHUT_WR)
            return [await kata.recv(one, 3) for _ in range(3)]

        return play(kata, main)

    assert run(scenario).value == [b"hel", b"lo", b""], (
        "b'hello' was sent, then the end. recv(sock, 3), three times:"
    )


def test_the_error_of_a_socket_comes_out_of_recv(run):
    def scenario(kata):
        import struct

        with socket.create_server(("127.0.0.1", 0)) as listener:
            here = socket.create_connection(listener.getsockname())
            there, _ = listener.accept()
        here.setblocking(False)
        # Linger for zero seconds: close() is a reset. Windows reads two shorts, others two ints.
        there.setsockopt(
            socket.SOL_SOCKET,
            socket.SO_LINGER,
            struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0),
        )

        async def main():
            task = kata.spawn(kata.recv(here, 100))
            await kata.sleep(0.05)
            there.close()
            end = await ending(kata, task)
            return isinstance(end, OSError), repr(end)

        return play(kata, main)

    came_out, end = run(scenario).value
    assert came_out, (
        "A task waits in recv, and the other side resets the connection: a ConnectionResetError was to come out of "
        f"recv. It gave or raised {end}."
    )


def test_the_error_of_a_socket_comes_out_of_sendall(run):
    def scenario(kata):
        one, other = narrow_pair()

        async def main():
            task = kata.spawn(kata.sendall(one, bytes(BIG)))
            await kata.sleep(0.05)
            other.close()
            end = await ending(kata, task)
            return isinstance(end, OSError), repr(end)

        return play(kata, main)

    came_out, end = run(scenario).value
    assert came_out, (
        "A task sends a lot, and the other side closes before it has come: an OSError (BrokenPipeError,"
        f" ConnectionResetError) was to come out of sendall. It gave or raised {end}."
    )


def test_data_from_outside_wakes_its_reader_before_the_next_alarm(run):
    def scenario(kata):
        import threading

        from dojo.inside.stage import perf_counter

        one, other = pair()

        async def main():
            task, began = kata.spawn(kata.sleep(1.5)), perf_counter()
            threading.Timer(0.2, other.send, [b"hello"]).start()
            heard = await kata.recv(one, 100)
            waited = perf_counter() - began
            await task.join()
            return heard, waited

        return play(kata, main)

    heard, waited = run(scenario).value
    assert heard == b"hello"
    assert waited == about(0.2, not_=1.5), (
        "Somebody else sends b'hello' after 0.2 s; one task waits for it in recv, another one sleeps for 1.5 s. The"
        " loop has to wait for both at once. recv was over after:"
    )


def test_data_from_outside_wakes_its_reader_when_nobody_sleeps(run):
    def scenario(kata):
        import threading

        one, other = pair()

        async def main():
            threading.Timer(0.2, other.send, [b"hello"]).start()
            return await kata.recv(one, 100)

        return play(kata, main)

    outcome = run(scenario)
    assert outcome.value == b"hello"
    assert outcome.cpu < 0.1, (
        f"The only task waited in recv for 0.2 s, and the program computed for {outcome.cpu:.2f} s."
    )


def test_a_sleeper_wakes_though_a_reader_waits_in_vain(run):
    def scenario(kata):
        import threading

        from dojo.inside.stage import perf_counter

        one, other = pair()
        rescue = threading.Timer(2, other.send, [b"at last"])  # so that a select without end ends
        rescue.start()

        async def listen():
            return await kata.recv(one, 100)

        async def main():
            reader, began = kata.spawn(listen()), perf_counter()
            await kata.sleep(0.3)
            slept = perf_counter() - began
            rescue.cancel()
            other.send(b"at last")
            return slept, (await reader.join())[:7]

        return play(kata, main)

    slept, heard = run(scenario).value
    assert slept == about(0.3, not_=2), (
        "One task waits in recv for what comes after 2 s, another one sleeps for 0.3 s. It woke after:"
    )
    assert heard == b"at last", "What recv gave in the end:"


def test_sendall_sends_everything_to_a_slow_reader(run):
    def scenario(kata):
        one, other = narrow_pair()
        message = bytes(range(256)) * (BIG // 2 // 256)
        endings = []

        async def talk():
            await kata.sendall(one, message)

        async def watch_it(task):
            endings.append(await ending(kata, task))

        async def main():
            talker, heard = kata.spawn(talk()), bytearray()
            watcher = kata.spawn(watch_it(talker))
            await kata.sleep(0.2)
            too_early = bool(endings)
            deadline = time.perf_counter() + 2 * PATIENCE
            while len(heard) < len(message) and time.perf_counter() < deadline:
                if not (data := drain(other)) and endings:
                    break
                heard += data
                await kata.sleep(0.001)
            if len(heard) == len(message) or endings:
                await watcher.join()
            return too_early, endings, len(heard), bytes(heard) == message

        return play(kata, main)

    too_early, endings, size, same = run(scenario, limit=20).value
    assert size == BIG // 2, (
        f"sendall was to send {BIG // 2:,} bytes; {size:,} arrived. `send` takes what there is room for just now, and"
        " returns how much that was."
    )
    assert same, "All bytes arrived, but not those that were sent."
    assert endings == [None], "How the task ended whose sendall had sent everything:"
    assert not too_early, (
        "sendall was over though the reader had not read yet: nowhere was there so much room."
    )


def test_accept_waits_for_clients_while_others_run(run):
    def scenario(kata):
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        log = []

        async def welcome():
            for _ in range(2):
                client = await kata.accept(listener)
                client = client[0] if isinstance(client, tuple) else client
                log.append(isinstance(client, socket.socket))
                client.close()

        async def main():
            task = kata.spawn(welcome())
            await kata.sleep(0.1)
            log.append("somebody comes")
            for _ in range(2):
                socket.create_connection(listener.getsockname()).close()
            return await ending(kata, task), log

        return play(kata, main)

    assert run(scenario).value == (None, ["somebody comes", True, True]), (
        "A task accepts two clients; they come after 0.1 s. How it ended, and what happened:"
    )


@pytest.mark.parametrize("first", ["the reader", "the writer"])
def test_a_reader_and_a_writer_wait_on_one_socket(run, first):
    def scenario(kata):
        one, other = narrow_pair()
        log = []

        async def read():
            for _ in range(2):
                log.append(await kata.recv(one, 100))

        async def write():
            await kata.sendall(one, bytes(BIG // 4))
            log.append("all is sent")

        async def main():
            for work in (read, write) if first == "the reader" else (write, read):
                kata.spawn(work())
                await kata.sleep(0.05)
            for cause, effect in (
                (lambda: other.send(b"ping"), b"ping"),
                (lambda: drain(other), "all is sent"),
                (lambda: other.send(b"pong"), b"pong"),
            ):
                cause()
                deadline = time.perf_counter() + PATIENCE
                while effect not in log and time.perf_counter() < deadline:
                    if effect == "all is sent":
                        drain(other)
                    await kata.sleep(0.005)
                if effect not in log:
                    break
            return list(log)

        return play(kata, main)

    assert run(scenario).value == [b"ping", "all is sent", b"pong"], (
        "One task waits in recv and another one in sendall, on the same socket. The other side sends b'ping', then"
        f" reads everything, then sends b'pong'. {first.capitalize()} came first. Who woke up:"
    )


def test_sleepers_wake_while_bytes_fly(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        one, other = pair()
        began, rung = perf_counter(), []

        async def bounce(sock):
            while not rung and perf_counter() - began < PATIENCE:
                await kata.sendall(sock, await kata.recv(sock, 1))

        async def sleeper():
            await kata.sleep(0.2)
            rung.append(perf_counter() - began)

        async def main():
            for sock in (one, other):
                kata.spawn(bounce(sock))
            other.send(b".")
            await kata.spawn(sleeper()).join()
            return rung

        return play(kata, main)

    (seconds,) = run(scenario).value
    assert seconds == about(0.2, not_=PATIENCE), (
        "Two tasks bounce a byte to and fro for 3 s at most; a third one sleeps for 0.2 s. Look at the clock in every"
        " turn, not only when nobody can run:"
    )


# -- cancellation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["sleep", "recv", "sendall", "accept", "join"])
def test_cancellation_runs_finally(run, where):
    def scenario(kata):
        one, other = narrow_pair()
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        log = []

        async def wait():
            if where == "sleep":
                await kata.sleep(60)
            elif where == "recv":
                await kata.recv(one, 100)
            elif where == "sendall":
                await kata.sendall(one, bytes(BIG))
            elif where == "accept":
                await kata.accept(listener)
            else:
                await kata.spawn(kata.sleep(60)).join()

        async def work():
            try:
                log.append("begun")
                await wait()
                log.append("went on")
            finally:
                log.append("finally")

        async def main():
            task = kata.spawn(work())
            await kata.sleep(0.05)
            await cancel(task)
            if await until(kata, lambda: "finally" in log):
                await ending(kata, task)
            return list(log), bool(other)

        return play(kata, main)

    log, _ = run(scenario).value
    assert log == ["begun", "finally"], (
        f"A task was cancelled while it waited in {where}; its `finally` was to run at once. What happened:"
    )


def test_join_raises_cancelled_after_a_cancellation(run):
    def scenario(kata):
        async def wait_for(task):
            return await ending(kata, task)

        async def main():
            task = kata.spawn(kata.sleep(60))
            joiner = kata.spawn(wait_for(task))
            await kata.sleep(0.05)
            await cancel(task)
            return [await joiner.join(), await ending(kata, task)]

        return play(kata, main)

    assert run(scenario).value == ["Cancelled", "Cancelled"], (
        "A task was cancelled. What came out of a join() that waited for it, and of one afterwards:"
    )


def test_a_task_cancelled_before_its_start_never_begins(run):
    def scenario(kata):
        log = []

        async def work():
            log.append("begun")
            await kata.sleep(0.01)
            log.append("went on")

        async def main():
            task = kata.spawn(work())
            begins_in_spawn = bool(log)
            await cancel(task)
            end = await ending(kata, task)
            await kata.sleep(0.05)
            return end, log[1:] if begins_in_spawn else log

        return play(kata, main)

    end, log = run(scenario).value
    assert log == [], (
        f"A task was spawned and cancelled at once; later it had nevertheless {log[0]}."
    )
    assert end == "Cancelled", f"A task was spawned and cancelled at once; its join() gave {end!r}."


def test_a_task_that_has_ended_cannot_be_cancelled_any_more(run):
    def scenario(kata):
        async def work():
            await kata.sleep(0.01)
            return "its value"

        async def main():
            task = kata.spawn(work())
            await task.join()
            await cancel(task)
            await kata.sleep(0.05)
            return await ending(kata, task)

        return play(kata, main)

    end = run(scenario).value
    # "Cancelled after a cancellation" may be read so that this one counts, too.
    assert end in ("its value", "Cancelled"), (
        "A task had returned 'its value'; then somebody cancelled it, too late. join() afterwards gave or raised "
        f"{end!r}: was Cancelled thrown into a coroutine that has ended?"
    )


def test_cancelling_a_task_leaves_the_others_alone(run):
    def scenario(kata):
        one, other = pair()

        async def sleeper():
            await kata.sleep(0.2)
            return "slept"

        async def reader():
            return await kata.recv(one, 100)

        async def main():
            doomed = kata.spawn(kata.sleep(0.2))
            others = [kata.spawn(sleeper()), kata.spawn(reader())]
            await kata.sleep(0.05)
            await cancel(doomed)
            await kata.sleep(0.05)
            other.send(b"hello")
            return [await ending(kata, task) for task in others]

        return play(kata, main)

    assert run(scenario).value == ["slept", b"hello"], (
        "One of three waiting tasks was cancelled. How the other two ended:"
    )


def test_cancelling_a_joiner_leaves_the_task_alone_that_it_waits_for(run):
    def scenario(kata):
        async def work():
            await kata.sleep(0.2)
            return "its value"

        async def join(task):
            return await task.join()

        async def main():
            task = kata.spawn(work())
            joiner = kata.spawn(join(task))
            await kata.sleep(0.05)
            await cancel(joiner)
            return [await ending(kata, joiner), await ending(kata, task)]

        return play(kata, main)

    joiner, task = run(scenario).value
    assert joiner == "Cancelled", f"A task was cancelled in a join(); it ended with {joiner!r}."
    assert task == "its value", (
        "A task waited in another one's join() and was cancelled. The other one, which nobody had cancelled, was to"
        f" return 'its value', and ended with {task!r}."
    )


@pytest.mark.parametrize("cancelled", ["the reader", "the writer"])
def test_on_one_socket_a_cancelled_task_leaves_the_other_one_waiting(run, cancelled):
    def scenario(kata):
        one, other = narrow_pair()
        size = BIG // 16

        async def main():
            reader = kata.spawn(kata.recv(one, 100))
            writer = kata.spawn(kata.sendall(one, bytes(size)))
            await kata.sleep(0.05)
            doomed, left = (reader, writer) if cancelled == "the reader" else (writer, reader)
            await cancel(doomed)
            await ending(kata, doomed)
            ends = []

            async def wait_for_the_other():
                ends.append(await ending(kata, left))

            kata.spawn(wait_for_the_other())
            other.send(b"hello")
            deadline = time.perf_counter() + PATIENCE
            while not ends and time.perf_counter() < deadline:
                drain(other)
                await kata.sleep(0.005)
            return ends

        return play(kata, main)

    other, value = ("writer", None) if cancelled == "the reader" else ("reader", b"hello")
    assert run(scenario).value == [value], (
        f"One task waited in recv and another one in sendall, on the same socket; {cancelled} was cancelled. Then the"
        f" other side sent b'hello' and read everything, so the {other} was to end. How it ended within {PATIENCE:g} s:"
    )


def test_the_alarm_of_a_cancelled_sleeper_wakes_nobody(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        async def work():
            try:
                await kata.sleep(0.3)
            finally:
                log.append("finally")

        async def main():
            task = kata.spawn(work())
            await kata.sleep(0.05)
            await cancel(task)
            await ending(kata, task)
            began = perf_counter()
            await kata.sleep(0.6)
            return list(log), perf_counter() - began

        log = []
        return play(kata, main)

    log, slept = run(scenario).value
    assert log == ["finally"]
    assert slept > 0.58, (
        "A task slept for 0.3 s and was cancelled; then main slept for 0.6 s."
        f" It was woken after {slept:.2f} s, by an alarm that nobody waits for any more."
    )


def test_the_end_of_a_task_wakes_no_joiner_that_was_cancelled(run):
    def scenario(kata):
        from dojo.inside.stage import perf_counter

        async def joiner(task):
            try:
                await task.join()
            finally:
                began = perf_counter()
                await kata.sleep(0.6)
                slept.append(perf_counter() - began)

        async def main():
            task = kata.spawn(kata.sleep(0.3))
            joining = kata.spawn(joiner(task))
            await kata.sleep(0.05)
            await cancel(joining)
            await ending(kata, joining)
            return slept

        slept = []
        return play(kata, main)

    slept = run(scenario).value
    assert len(slept) == 1, (
        "A join() was cancelled; the `finally` around it, which sleeps, was to run to its end."
    )
    assert slept[0] > 0.58, (
        "A join() was cancelled, and the `finally` around it slept for 0.6 s."
        f" It was woken after {slept[0]:.2f} s, by the end of the task that it does not wait for any more."
    )


def test_the_data_of_a_cancelled_reader_goes_to_the_next_one(run):
    def scenario(kata):
        one, other = pair()
        heard = []

        async def listen():
            heard.append(await kata.recv(one, 100))

        async def main():
            task = kata.spawn(listen())
            await kata.sleep(0.05)
            await cancel(task)
            await ending(kata, task)
            kata.spawn(listen())
            await kata.sleep(0.05)
            other.send(b"hello")
            await until(kata, lambda: heard)
            return list(heard)

        return play(kata, main)

    assert run(scenario).value == [b"hello"], (
        "A task was cancelled in recv, another one then waited on the same socket, and b'hello' came. It heard:"
    )


@pytest.mark.parametrize("how", ["returned", "failed"])
def test_run_cancels_what_remains(run, how):
    def scenario(kata):
        one, other = pair()
        log = []

        async def work(name, wait):
            try:
                log.append(f"{name} begun")
                await wait()
                log.append(f"{name} went on")
            finally:
                log.append(f"{name} cleaned up")

        async def main():
            kata.spawn(work("sleeper", lambda: kata.sleep(1)))
            kata.spawn(work("reader", lambda: kata.recv(one, 100)))
            await kata.sleep(0.1)
            log.append(f"main {how}")
            if how == "failed":
                raise ValueError("boom")

        with contextlib.suppress(ValueError):
            kata.run(main())
        return log[:3], sorted(log[3:]), bool(other)

    before, after, _ = run(scenario).value
    assert before[2:] == [f"main {how}"], f"First the tasks begin and main ends: {before}"
    assert after == ["reader cleaned up", "sleeper cleaned up"], (
        f"main {how} while two tasks waited. What they did until run() was over:"
    )


@pytest.mark.parametrize("where", ["sleep", "recv"])
def test_run_waits_for_what_a_cancelled_task_awaits_in_its_finally(run, where):
    def scenario(kata):
        one, other = pair()
        log = []

        async def work():
            try:
                await kata.sleep(60)
            finally:
                log.append("finally")
                if where == "sleep":
                    await kata.sleep(0.1)
                else:
                    other.send(b"goodbye")
                    await kata.recv(one, 100)
                log.append("cleaned up")

        async def main():
            kata.spawn(work())
            await kata.sleep(0.05)

        kata.run(main())
        return list(log)

    assert run(scenario).value == ["finally", "cleaned up"], (
        f"main returned while a task slept, so run() cancelled it; its `finally` awaits {where}, which comes to an end"
        " soon. What the task did before run() was over:"
    )


# -- two traps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("past", ["a recv", "a sendall that had to wait", "a cancelled recv"])
def test_a_descriptor_that_comes_back_wakes_its_new_owner(run, past):
    def scenario(kata):
        heard = []

        async def use(sock, peer):
            if past == "a recv":
                peer.send(b"old")
                await kata.recv(sock, 100)
            elif past == "a cancelled recv":
                task = kata.spawn(kata.recv(sock, 100))
                await kata.sleep(0.05)
                await cancel(task)
                await ending(kata, task)
            else:
                task = kata.spawn(kata.sendall(sock, bytes(BIG // 8)))
                await kata.sleep(0.05)
                left = (
                    BIG // 8
                )  # not "until nothing is there": a pair of TCP sockets takes its time
                for _ in range(10_000):
                    left -= len(drain(peer))
                    if left <= 0:
                        break
                    await kata.sleep(0.001)
                await ending(kata, task)

        async def listen(sock):
            heard.append(await kata.recv(sock, 100))

        async def main():
            sock, peer = narrow_pair()
            await use(sock, peer)
            number = sock.fileno()
            sock.close()
            one, other = pair()
            if number not in (one.fileno(), other.fileno()):
                return "another descriptor"
            if number == other.fileno():
                one, other = other, one
            kata.spawn(listen(one))
            await kata.sleep(0.05)
            other.send(b"new")
            await until(kata, lambda: heard)
            return list(heard)

        return play(kata, main)

    heard = run(scenario).value
    if heard == "another descriptor":
        pytest.skip("this system gave the new socket another descriptor than the closed one's")
    assert heard == [b"new"], (
        f"After {past} a socket was closed with close(), and the next socket got the same descriptor. A task waited for"
        f" data of the new one, b'new' came, and it heard: {heard}. Whose registration does the selector hold?"
    )


def test_unread_data_does_not_spin_while_its_reader_sleeps(run):
    def scenario(kata):
        one, other = pair()

        async def main():
            other.send(b"now")
            heard = [await kata.recv(one, 100)]
            other.send(b"later")
            await kata.sleep(1)
            return [*heard, await kata.recv(one, 100)]

        return play(kata, main)

    outcome = run(scenario)
    assert outcome.value == [b"now", b"later"]
    assert outcome.cpu < IDLE, (
        f"Data lay unread for 1 s while its reader slept, and the program computed for {outcome.cpu:.2f} s:"
        " the selector reports the socket again and again, and nobody wants to know."
    )


def test_a_writer_that_is_done_leaves_its_reader_asleep(run):
    def scenario(kata):
        one, other = narrow_pair()

        async def main():
            reader = kata.spawn(kata.recv(one, 100))
            writer = kata.spawn(kata.sendall(one, bytes(BIG // 16)))
            await kata.sleep(0.05)
            left = BIG // 16
            deadline = time.perf_counter() + PATIENCE
            while left and time.perf_counter() < deadline:
                left -= len(drain(other))
                await kata.sleep(0.001)
            await ending(kata, writer)
            before = time.process_time()
            await kata.sleep(1)
            used = time.process_time() - before
            other.send(b"hello")
            return left, used, await ending(kata, reader)

        return play(kata, main)

    left, used, heard = run(scenario).value
    assert (left, heard) == (0, b"hello")
    assert used < IDLE, (
        "A task waited in recv, another one in sendall on the same socket until everything was sent. Then nothing"
        f" happened for 1 s, and the program computed for {used:.2f} s: the socket can be written to all the time, and"
        " nobody wants to know any more."
    )


# -- by itself -------------------------------------------------------------------------------------------------


def test_everything_happens_in_one_thread(run):
    def scenario(kata):
        one, other = pair()
        threads = []

        async def listen():
            await kata.recv(one, 100)
            threads.append(get_ident())

        async def main():
            task = kata.spawn(listen())
            await kata.sleep(0.3)
            threads.append(get_ident())
            other.send(b"hello")
            await task.join()

        play(kata, main)
        return [thread == get_ident() for thread in threads]

    outcome = run(scenario, before=[watch(*STARTERS)])
    assert outcome.value == [True] * 2, "Tasks ran in other threads than the one that called run()."
    begun = sum(outcome.calls[name] for name in STARTERS[:2])
    assert not begun, f"It started {begun} threads of the system, expected none."


def test_no_other_event_loop_is_borrowed(run):
    def scenario(kata):
        one, other = pair()

        async def main():
            await kata.sleep(0.01)
            await kata.sendall(other, b"hello")
            await kata.recv(one, 100)

        play(kata, main)
        return sorted({name.partition(".")[0] for name in sys.modules})

    borrowed = [name for name in run(scenario).value if name in BORROWED]
    assert not borrowed, (
        f"{', '.join(borrowed)} was imported: this kata is about what such a library does inside, so it is to use"
        " selectors and generators only."
    )


# -- the server: every clause of the contract, step by step ----------------------------------------------------

# isort: off
from tests.server_contract import (  # noqa: E402, F401
    STARTERS,
    test_what_one_client_sends_comes_back_in_upper_case,
    test_silent_clients_hold_nobody_up,
    test_everybody_in_a_crowd_gets_their_own_answer,
    test_four_megabytes_arrive_whole_through_a_client_that_stops_reading,
    test_a_client_that_ends_its_sending_side_gets_its_whole_answer,
    test_clients_that_vanish_cost_nobody_else_anything,
    test_sockets_of_clients_that_left_are_closed,
    test_a_quiet_server_uses_next_to_no_cpu,
    test_a_stalled_reader_costs_no_cpu,
    test_a_client_that_never_reads_costs_a_bounded_amount_of_memory,
    test_it_does_the_work_in_one_thread_of_one_process,
)


def test_the_server_waits_in_a_selector(server, crowd):
    running = server(before=[watch(REGISTER)])
    with crowd(running, clients=3) as people:
        people.ask([b"hello"] * 3)
        calls = running.calls()
    if not calls.get(REGISTER):
        raise Failure(
            "Nothing was ever registered with a selector of the module selectors: "
            "this loop is to wait in one, not in select, poll or epoll itself."
        )
