"""c5: nobody is there? Then something else is done, and asked again."""

import socket
import threading
import time

import pytest

from dojo.suite import raised, step

# Of other_work. What waits sleeps once for each; the system counts a pause of the whole process as a sleep, too.
CALLS_FOR_A_SLEEP = 100


def party(kata, plan, calls=1, seconds=5):
    """Call accept_meanwhile on a new listener: what happened around it, the clients, the connections.

    `plan(listener, connect, worked)` is called as other_work, `worked` times so far; `connect()` is a client that
    comes; a plan that returns "enough" stops it all. The listener is an ordinary one but for its notes. A thread
    makes the calls, so that one that blocks is a result and no hung run.
    """
    import select

    notes = {
        "ended": False,
        "timeouts": [],
        "events": [],
        "last": None,
        "asked_again": False,
        "worked": 0,
        "worked_when_it_came": None,
        "error": None,
        "kinds": [],
    }
    clients, connections = [], []

    class Listener(socket.socket):
        def _accept(self):
            if notes["last"] == "nobody there":
                notes["asked_again"] = True
            if self.gettimeout() not in notes["timeouts"]:
                notes["timeouts"].append(self.gettimeout())
            try:
                found = super()._accept()
            except BlockingIOError:
                note("accept", "nobody there")
                raise
            note("accept", "a client")
            return found

    def note(lane, event):
        notes["last"] = event
        if len(notes["events"]) < 8:
            notes["events"].append(event)
            step(lane, event)

    def connect():
        clients.append(socket.create_connection(listener.getsockname()))
        select.select([listener], [], [], 5)  # the handshake is over: somebody is there
        notes["worked_when_it_came"] = notes["worked"]

    class Enough(BaseException):
        pass

    def other_work():
        notes["worked"] += 1
        note("other_work", "called")
        if plan(listener, connect, notes["worked"]) == "enough":
            raise Enough

    def call():
        try:
            for _ in range(calls):
                connections.append(kata.accept_meanwhile(listener, other_work))
        except Enough:
            notes["error"] = "still asking"
        except BaseException as error:
            notes["error"] = error
        notes["kinds"] = [type(one).__name__ for one in connections]
        notes["ended"] = True

    listener = Listener(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen(8)
    plan(listener, connect, 0)
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(seconds)
    if isinstance(notes["error"], NotImplementedError):
        raise notes["error"]
    return dict(notes), clients, connections


def comes_first(listener, connect, worked):
    """A plan: one client is there before the first look."""
    if worked == 0:
        connect()


def comes_after(seconds, turn=None):
    """A plan: one client comes when so many seconds have passed since the first call of other_work.

    It comes in any call, or given `turn` in an even one (0) or in an odd one (1).
    """
    began = []

    def plan(listener, connect, worked):
        from dojo.inside.stage import perf_counter

        if worked == 1:
            began.append(perf_counter())
        if began and perf_counter() - began[0] >= seconds and turn in (None, worked % 2):
            connect()
            began.clear()

    return plan


def in_words(events):
    return ", ".join("other_work()" if event == "called" else event for event in events)


def assert_it_ended(notes, told):
    if not notes["ended"] and notes["asked_again"]:
        raise AssertionError(
            f"{told}, and accept() was asked again and again without other_work() in between. It began like this:"
            f" {in_words(notes['events'])}."
        )
    assert notes["ended"], (
        f"{told}, and accept_meanwhile does not come back: it waits, and other_work() was called"
        f" {notes['worked']:,} times."
    )


def assert_it_brought_a_client(notes, told="Nobody was there at first"):
    assert_it_ended(notes, told)
    assert notes["error"] is None, f"{told}, and accept_meanwhile raised {notes['error']!r}."
    assert "NoneType" not in notes["kinds"], (
        f"{told}, and accept_meanwhile returned None, after {notes['worked']:,} calls of other_work(). It returns"
        " a client's connection, however often it has to ask."
    )


@pytest.mark.trace
def test_other_work_is_done_while_nobody_is_there(run):
    def scenario(kata):
        plans = comes_after(0.3), comes_after(0.1, turn=0), comes_after(0.1, turn=1)
        return [party(kata, plan)[0] for plan in plans]

    for notes in run(scenario, limit=30).value:
        assert_it_brought_a_client(notes)
        assert notes["worked"] > 1, "For some time nobody was there, and other_work was not called."
        assert not notes["asked_again"], (
            "accept() found nobody there, and the next thing was accept() again: each time, other_work() is called"
            f" first. It began like this: {in_words(notes['events'])}."
        )
        assert notes["last"] == "a client", (
            "other_work() was called after the client had been accepted."
        )
        more = notes["worked"] - notes["worked_when_it_came"]
        assert more == 0, (
            f"A client came during a call of other_work(), and then other_work() was called {more} more times before"
            " the client was accepted: nobody is there once, other_work() once, and ask again."
        )


def test_accept_never_blocks(run):
    def scenario(kata):
        return party(kata, comes_after(0.3))[0]

    notes = run(scenario, limit=30).value
    assert notes["timeouts"], "The listener's accept() was never called."
    blocking = [repr(timeout) for timeout in notes["timeouts"] if timeout != 0]
    assert not blocking, (
        f"accept() was called while the listener's time-out was {', '.join(blocking)}, expected 0 each time. None waits"
        " for ever, a number waits so many seconds; setblocking(False) is a time-out of 0."
    )
    assert_it_brought_a_client(notes)


def test_nothing_else_waits_either(run):
    """Between two calls of other_work the thread never sleeps: not in select, not in time.sleep."""

    def scenario(kata):
        from dojo.inside.stage import perf_counter

        def slept():
            try:
                from resource import RUSAGE_THREAD, getrusage

                return getrusage(RUSAGE_THREAD).ru_nvcsw
            except ImportError:
                return None

        rounds = []
        for _ in range(3):  # one undisturbed round is proof enough
            began = []

            def plan(listener, connect, worked, began=began):
                if worked == 1:
                    began[:] = [perf_counter(), slept()]
                if began and perf_counter() - began[0] >= 0.3:
                    rounds.append((worked, slept(), began[1]))
                    began.clear()
                    connect()

            notes, *_ = party(kata, plan)
            if not rounds or notes["error"] or not notes["ended"]:
                return notes, 0, 0
            worked, after, before = rounds[-1]
            rounds[-1] = worked, None if after is None else after - before
            if worked > CALLS_FOR_A_SLEEP * (rounds[-1][1] or 1):
                break
        return notes, *rounds[-1]

    notes, worked, slept = run(scenario, limit=30).value
    assert_it_brought_a_client(notes)
    told = f"In 0.3 s in which nobody was there, other_work() was called {worked:,} times"
    if slept is None:
        assert worked > 30, f"{told}: something waits in between."
    else:
        assert worked > CALLS_FOR_A_SLEEP * slept, (
            f"{told}, and the thread went to sleep {slept} times: something waits in between, a sleep, a select with a"
            " time-out. Here nothing waits; whoever wants to, does so in other_work."
        )


def test_a_client_that_is_already_there_is_accepted_at_once(run):
    notes = run(lambda kata: party(kata, comes_first)[0], limit=30).value
    assert_it_brought_a_client(notes, "A client was there")
    assert notes["worked"] == 0, (
        "A client was there before accept_meanwhile was called, and other_work() was called all the same:"
        " first ask, and do other work only if nobody is there."
    )


def test_it_hands_back_the_connection(run):
    """Two clients wait, and two calls hand back a connection each, in the order in which they came."""

    def scenario(kata):
        def plan(listener, connect, worked):
            if worked == 0:
                connect()
                connect()

        notes, clients, connections = party(kata, plan, calls=2)
        sockets = [one for one in connections if isinstance(one, socket.socket)]
        peers = [one.getpeername() for one in sockets]
        return notes, peers, [client.getsockname() for client in clients]

    notes, peers, expected = run(scenario, limit=30).value
    assert notes["ended"], (
        "Two clients were there, and two calls did not bring them both: a call takes one client, and leaves the next"
        " one in the queue for the next call."
    )
    assert_it_brought_a_client(notes, "Two clients were there for two calls")
    assert len(peers) == 2, (
        f"Expected two sockets, got {notes['kinds']}. accept() returns a pair: the connection, and the client's"
        " address."
    )
    assert peers == expected, "One call, one connection, first come, first served."


@pytest.mark.parametrize("comes", ["before the first look", "later"])
def test_the_connection_does_not_block(run, comes):
    def scenario(kata):
        plan = comes_after(0.05) if comes == "later" else comes_first
        notes, clients, connections = party(kata, plan)
        if not clients or not connections:
            return notes, None, None
        client, connection, seen = clients[0], connections[0], []

        def receive():
            try:
                seen.append(connection.recv(1024))
            except BaseException as error:
                seen.append(error)

        thread = threading.Thread(target=receive, daemon=True)
        thread.start()
        thread.join(1)
        silent = seen[0] if seen else "it waits"
        client.sendall(b"hello")
        client.close()
        thread.join(5)
        deadline = time.monotonic() + 5
        while isinstance(seen[-1], BlockingIOError) and time.monotonic() < deadline:
            time.sleep(0.01)
            receive()
        return notes, silent, seen[-1]

    notes, silent, heard = run(scenario, limit=30).value
    assert_it_brought_a_client(notes, f"The client came {comes}")
    assert silent == raised(BlockingIOError), (
        f"The client came {comes} and had said nothing yet."
        f" recv on the connection: {silent if silent == 'it waits' else repr(silent)};"
        " expected a BlockingIOError. Its mode is its own: on Linux it blocks, although the listener does not."
    )
    assert heard == b"hello"


def test_an_error_of_the_listener_comes_out(run):
    def scenario(kata):
        def plan(listener, connect, worked):
            if worked == 3:
                listener.close()
            if worked == 1000:
                return "enough"

        return party(kata, plan)[0]

    notes = run(scenario, limit=30).value
    assert_it_ended(notes, "While nobody was there the listener was closed")
    assert notes["error"] is not None, (
        f"The listener was closed, and accept_meanwhile returned a {notes['kinds'][0]}."
    )
    assert notes["error"] != "still asking", (
        f"The listener was closed, and after {notes['worked']:,} calls of other_work() accept() was still being asked."
        " Only BlockingIOError means that nobody is there; every other OSError is a failure and comes out."
    )
    # OSError is what accept() says of a closed socket, ValueError what select() says
    assert {"OSError", "ValueError"} & set(notes["error"].bases), (
        f"The listener was closed, and {notes['error']!r} came out of accept_meanwhile: the error of accept() itself"
        " was to come out."
    )


@pytest.mark.parametrize("kind", [OSError, BlockingIOError])
def test_an_error_of_the_other_work_comes_out(run, kind):
    def scenario(kata):
        def plan(listener, connect, worked):
            if worked == 3:
                raise kind("no medicine left")
            if worked == 1000:
                connect()

        return party(kata, plan)[0]

    notes = run(scenario, limit=30).value
    assert_it_ended(notes, "other_work() raised an error")
    assert notes["error"] == raised(kind, "no medicine left"), (
        f"other_work() raised {kind.__name__}('no medicine left'), and that did not come out of accept_meanwhile: only"
        " what accept() raises tells whether somebody is there."
    )
