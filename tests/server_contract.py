"""The contract of every `serve(listener)`: each clause is a test, and each suite imports those that hold for it.

`serve` answers every byte with its upper-case form, as a stream: a message may arrive and leave in any pieces. A suite
says how many clients its crowd has with `CLIENTS`; 1 means that `serve` takes one client at a time.
"""

import random
import time
from contextlib import contextmanager

from dojo.crowd import mismatch
from dojo.suite import Failure, collect_at_close, watch

MIB = 1 << 20
# On loopback the default buffers would swallow 4 MiB whole. In small ones the kernel takes whole answers until none
# fits: a socket counts as writable when a third of its buffer is free. In tiny ones it takes a part of nearly each.
SMALL_BUFFERS = {"send_buffer": 400_000}
TINY_BUFFER = 8_192
TINY_BUFFERS = {"send_buffer": TINY_BUFFER}
RECEIVE_BUFFER = 65_536
# Bytes, after which the kernel calls a socket with a tiny buffer writable again.
SIP = 2 * TINY_BUFFER
ENOUGH_FOR_A_SIP = 3.0  # seconds
A_STUCK_ANSWER = 60_000  # bytes: more than two tiny buffers hold, yet a server takes them all in
FAREWELL = 100_000  # bytes: more than a server takes at once, less than its kernel takes for it
STUCK = 240  # clients with such answers, in groups of a tenth
COME_AND_GONE = 3.0  # seconds in which a server closes what clients have left behind
IDLE = 0.05  # of one core: more is a loop that never waits
BOUND = 4 * MIB
SILENCE = 3.0  # seconds in which a client may say nothing and is served all the same
STARTERS = ("_thread.start_new_thread", "_thread.start_joinable_thread", "os.fork")


def letters(size, seed=0):
    """`size` bytes that look different everywhere, so that a lost or repeated piece shows."""
    piece = bytes(random.Random(seed).choices(b"abcdefghijklmnopqrstuvwxyz \n", k=9973))
    return (piece * (size // len(piece) + 1))[:size]


# 1 echo


def test_what_one_client_sends_comes_back_in_upper_case(server, crowd):
    with crowd(server(), clients=1) as people:
        client = people[0]
        for message in (
            b"hello",
            b"\n\n\n",
            b"a",
            bytes(range(256)),
            "straße ŉ".encode(),
            letters(10_000),
        ):
            sentence = mismatch("A client", message, client.ask(message))
            assert not sentence, sentence
        for byte in (b"o", b"n", b"e"):
            assert client.ask(byte) == byte.upper(), "one byte at a time"


# 2 crowd


def test_everybody_in_a_crowd_gets_their_own_answer(server, crowd, clients):
    numbers = list(range(clients))
    shuffled = random.Random(clients).sample(numbers, clients)
    with crowd(server(clients=clients), clients) as people:
        for order in (numbers, numbers[::-1], shuffled):
            said = [
                b"hello from client %d, which speaks in turn %d" % (n, turn)
                for turn, n in sorted(enumerate(order), key=lambda pair: pair[1])
            ]
            heard = people.ask(said, order)
            for number in numbers:
                sentence = mismatch(str(people[number]), said[number], heard[number])
                assert not sentence, sentence


# 3 silence


def test_silent_clients_hold_nobody_up(server, crowd, clients):
    with crowd(server(clients=clients), clients) as people:
        assert people[clients - 1].ask(b"hello") == b"HELLO", (
            "the last to connect, the first to speak"
        )
        assert people[clients // 2].ask(b"and me") == b"AND ME"


# 4 big


def test_four_megabytes_arrive_whole_through_a_client_that_stops_reading(server, crowd, clients):
    running = server(**SMALL_BUFFERS)
    with crowd(running, clients=min(clients, 2), receive_buffer=RECEIVE_BUFFER) as people:
        says = {people[0]: letters(4 * MIB)}
        stall(people, says, running)
        if clients > 1:
            others_are_served(people, people[1], "while one client did not read, its answer unsent")
        read_it_all(says)

    running = server(**TINY_BUFFERS)
    with crowd(running, clients=min(clients, 3), receive_buffer=TINY_BUFFER) as people:
        stalled = people.clients[: 1 if clients == 1 else 2]
        says = {client: letters(MIB, seed=client.number) for client in stalled}
        stall(people, says, running)
        for client in stalled:
            sip(people, client)
        running.calm_down()
        if clients > 1:
            others_are_served(
                people, people[-1], "while two clients did not read, their answers unsent"
            )
        read_it_all(says)


def others_are_served(people, other, when):
    """Somebody who was there before is answered, and somebody who comes now."""
    with told(f"This was {when}. Here a client waits that had come before."):
        assert other.ask(b"hello") == b"HELLO"
    (newcomer,) = people.join(1)
    with told(f"This was {when}. Here a client waits that comes just now."):
        assert newcomer.ask(b"hello") == b"HELLO"


@contextmanager
def told(circumstances):
    """A failure of the crowd inside says this too."""
    try:
        yield
    except Failure as failure:
        if failure.kind != Failure.kind:
            raise
        raise Failure(f"{failure}\n{circumstances}", failure.places, failure.stacks) from None


def read_it_all(says):
    """Who had stopped reading reads on, and hears all of its answer."""
    for client in says:
        client.read_on()
    at_once = f", {len(says)} at the same time" if len(says) > 1 else ""
    for client, message in says.items():
        with told(f"It had stopped reading for a while{at_once}, and reads on."):
            heard = client.hear(len(message), limit=30)
        sentence = mismatch(
            f"A client that had stopped reading for a while{at_once}", message, heard
        )
        assert not sentence, sentence


def stop_reading(people, client, message, running):
    """`client` sends `message` and reads nothing, until it is all sent or nothing moves any more."""
    stall(people, {client: message}, running)


def stall(people, says, running):
    """Each client sends its message and reads nothing, until all is sent or nothing moves any more."""
    for client, message in says.items():
        client.stop_reading()
        client.say(message)

    def unsent():
        return sum(len(client.unsent) for client in says)

    while True:
        before = unsent()
        people.pump(lambda: not unsent(), limit=0.3)
        if unsent() in (0, before):
            break
    running.calm_down(queue=lambda: sum(client.queued() for client in says))


def sip(people, client):
    """It reads a little and stops again: now there is room, but for less than what waits."""
    client.read_on()
    people.pump(lambda: len(client.heard) >= SIP, limit=ENOUGH_FOR_A_SIP)
    client.stop_reading()


# 5 vanish


def test_clients_that_vanish_cost_nobody_else_anything(server, crowd, clients):
    running = server(before=[collect_at_close], **TINY_BUFFERS)
    with crowd(running, clients=0, receive_buffer=TINY_BUFFER) as people:
        before = sockets_after_a_first_client(people)
        witness = people.join(1)[0] if clients > 1 else None

        def everybody_else_is_served(when):
            (newcomer,) = people.join(1)
            for other, said in ((witness, b"still here"), (newcomer, b"me too")):
                sentence = other and mismatch(str(other), said, other.ask(said))
                assert not sentence, (
                    f"{sentence} This was {when}. Was all forgotten that had been kept for one that is gone? The"
                    " descriptor's number goes to the next client."
                )
            newcomer.leave()

        for _ in range(3):
            for gone in people.join(3):
                gone.reset()
            everybody_else_is_served("after clients that reset before they said anything")
            for gone in people.join(3):
                gone.say(b"never mind")
                gone.reset()
            everybody_else_is_served("after clients that said something and reset at once")
            (gone,) = people.join(1)
            assert gone.ask(b"hello") == b"HELLO"
            gone.reset()
            everybody_else_is_served("after a client that reset between two messages")
            (gone,) = people.join(1)
            gone.stop_reading()
            gone.say(letters(MIB))
            people.pump(lambda: False, limit=0.05)
            gone.reset()
            everybody_else_is_served("after a client that reset in the middle of a long answer")
            (gone,) = people.join(1)
            gone.stop_reading()
            gone.say(letters(A_STUCK_ANSWER))
            gone.finish()
            people.pump(lambda: False, limit=0.05)
            gone.reset()  # for the server not ECONNRESET now but EPIPE, as end-of-file came before
            everybody_else_is_served(
                "after a client that ended its sending side, and reset in the middle of its answer"
            )
        grown = grown_by_stuck_clients(people) if clients > 1 else 0
        people.leave()
        after = sockets_left(people, before)
    assert after <= before, (
        f"Clients vanished with a reset, some in the middle of an answer: {after} sockets are still"
        f" open, there were {before} before they came. Close a client however it ends."
    )
    assert grown < BOUND, (
        f"{STUCK} clients vanished with {A_STUCK_ANSWER:,} bytes of their answer unsent: the server's memory grew by"
        f" {grown / MIB:.0f} MiB, expected less than {BOUND // MIB}. Forget the answer together with its client."
    )


def grown_by_stuck_clients(people):
    """Bytes that the server grows by while clients vanish who did not read, after some have vanished already."""
    for gone in range(0, STUCK + STUCK // 10, STUCK // 10):
        if gone == STUCK // 10:  # warm: the buffers that so many need are there
            before = people.server.child.memory()
        group = people.join(STUCK // 10)
        for client in group:
            client.stop_reading()
            client.say(letters(A_STUCK_ANSWER))
        people.pump(lambda group=group: all(client.arrived() for client in group), limit=0.3)
        people.leave(group)
    people.server.calm_down()
    return people.server.child.memory() - before


def sockets_after_a_first_client(people):
    """How many sockets the server has open when one client has come and gone."""
    (first,) = people.join(1)
    first.ask(b"hello")
    first.leave()
    people.server.calm_down()
    return people.server.child.sockets()


def sockets_left(people, before):
    """How many sockets are open when the server has had its time to close them."""
    deadline = time.monotonic() + COME_AND_GONE
    late = False  # where there is no /proc a count takes long, and only one begun in time is fair
    while (after := people.server.child.sockets()) > before and not late:
        time.sleep(0.02)
        late = time.monotonic() >= deadline
    people.server.check()
    return after


# 6 half-close


def test_a_client_that_ends_its_sending_side_gets_its_whole_answer(server, crowd):
    running = server(**TINY_BUFFERS)
    with crowd(running, clients=0, receive_buffer=RECEIVE_BUFFER) as people:
        (client,) = people.join(1)
        client.say(b"goodbye")
        client.finish()
        sentence = mismatch(
            "A client that then ended its sending side", b"goodbye", client.hear_end()
        )
        assert not sentence, sentence
        assert client.ended == "end-of-file", (
            f"After the answer comes an end-of-file, here came {client.ended}."
        )
        client.leave()

        message = letters(FAREWELL)
        for _ in range(8):  # the end is there before the server has read what came before it
            (client,) = people.join(1)
            client.say(message)
            people.pump(lambda client=client: not client.unsent, limit=1)
            client.finish()
            who = f"A client that sent {FAREWELL:,} bytes and ended its sending side at once"
            sentence = mismatch(who, message, client.hear_end())
            assert not sentence, sentence
            client.leave()

        (client,) = people.join(1)
        message = letters(400_000)
        stop_reading(people, client, message, running)
        if client.unsent:  # the server has stopped taking more: read along until all is sent
            client.read_on()
            people.wait(lambda: not client.unsent, limit=30)
        client.finish()
        running.calm_down()
        read_in_steps(people, client)
        heard = client.hear_end()
        sentence = mismatch(
            "A client that ended its sending side while its answer was under way", message, heard
        )
        assert not sentence, sentence
        assert client.ended == "end-of-file", (
            f"After the answer comes an end-of-file, here came {client.ended}."
        )


def read_in_steps(people, client):
    """`client` reads a little at a time, so that the server always has more than it can send."""
    full = client.arrived()
    while client.ended is None:
        before = len(client.heard)
        client.read_on()
        people.wait(lambda size=before: len(client.heard) > size or client.ended, limit=10)
        if len(client.heard) == before:
            return
        client.stop_reading()
        deadline = time.monotonic() + 0.15
        while client.arrived() < 0.8 * full and time.monotonic() < deadline:
            time.sleep(0.005)  # the buffers fill up again, unless the answer is at its end


# 7 clean


def test_sockets_of_clients_that_left_are_closed(server, crowd, clients):
    running = server(clients=clients)
    with crowd(running, clients=0) as people:
        before = sockets_after_a_first_client(people)
        if clients == 1:
            for _ in range(20):
                (client,) = people.join(1)
                client.ask(b"hello")
                client.leave() if len(people) % 2 else client.reset()
        else:
            people.join(clients)
            for client in people.clients[1:]:
                client.say(b"hello")
            for client in people.clients[1:]:
                client.hear(5)
            for client in people.clients[1::2]:
                client.leave()
            people.leave()
        after = sockets_left(people, before)
    assert after <= before, (
        f"{COME_AND_GONE:g} s after everybody had left, the server holds {after} sockets;"
        f" it held {before} after its first client had come and gone."
    )


# 8 idle


def test_a_quiet_server_uses_next_to_no_cpu(server, crowd, clients):
    running = server(clients=clients, **TINY_BUFFERS)
    running.calm_down(limit=3)  # its start is over
    for _ in range(3):  # one quiet window is proof enough; a loop takes nearly all of each
        used = running.cpu_in(0.3)
        if used < 0.03:
            break
    assert used < 0.03, (
        f"Nobody has come yet, and the server computed for {used:.2f} s in 0.3 s:"
        " it asks again and again instead of waiting for its first client."
    )
    with crowd(running, clients, receive_buffer=TINY_BUFFER) as people:
        if clients > 1:
            people.join(1)  # and says nothing
        people.ask([b"hello"] * clients)
        quiet_since = time.monotonic()
        message = letters(4 * MIB)
        stop_reading(people, people[0], message, running)
        people[0].read_on()
        people[0].hear(len(message), limit=30)
        if clients == 1:
            quiet_since = time.monotonic()
        running.calm_down(limit=2)
        used = running.cpu_in(1.0)
        assert used < IDLE, (
            f"Everybody was answered and nobody says anything, yet the server computed for {used:.2f} s in one second:"
            " something wakes it up again and again."
        )
        time.sleep(max(0.0, quiet_since + SILENCE - time.monotonic()))
        said = f"a client that had been silent for {SILENCE:g} s"
        for client in (people[-1], people[clients // 2]):
            people.pump(lambda client=client: client.ended is not None, limit=0.01)
            assert not client.ended, f"{said} saw {client.ended}: it may take its time."
            assert client.ask(b"hello again") == b"HELLO AGAIN", said


def test_a_stalled_reader_costs_no_cpu(server, crowd):
    running = server(**TINY_BUFFERS)
    with crowd(running, clients=0, receive_buffer=TINY_BUFFER) as people:
        (client,) = people.join(1)
        stop_reading(people, client, letters(MIB), running)
        assert_quiet(running, "Its only client does not read and nothing can be sent")
        client.reset()

        (client,) = people.join(1)
        client.stop_reading()
        client.say(letters(A_STUCK_ANSWER))
        people.pump(lambda: not client.unsent, limit=0.5)
        client.finish()
        running.calm_down(limit=1)
        assert_quiet(
            running,
            "Its only client has ended its sending side and does not read, so nothing more can be received or sent",
        )


def assert_quiet(running, why, seconds=0.6):
    used = running.cpu_in(seconds)
    assert used < IDLE * seconds, (
        f"{why}, yet the server computed for {used:.2f} s in {seconds:g} s:"
        " it asks again and again instead of waiting until the client reads."
    )


# 9 alone


def test_it_does_the_work_in_one_thread_of_one_process(server, crowd, clients):
    running = server(clients=clients, before=[watch(*STARTERS)], **TINY_BUFFERS)
    with crowd(running, clients, receive_buffer=TINY_BUFFER) as people:
        people.ask([b"hello"] * clients)
        assert_alone(running, f"With {clients} connected")
        message = letters(MIB)
        stop_reading(people, people[0], message, running)
        assert_alone(running, "While a client does not read its long answer")
        people[0].read_on()
        people[0].hear(len(message), limit=30)
        started = running.calls()
    begun = sum(started[name] for name in STARTERS[:2])
    assert not begun, f"It started {begun} threads on the way, expected none."
    assert not started["os.fork"], f"It started {started['os.fork']} other processes on the way."


def assert_alone(running, when):
    threads, offspring = running.child.threads(), running.child.offspring()
    assert threads == 1, f"{when} it has {threads} threads, expected 1."
    assert not offspring, f"{when} it has {len(offspring)} other processes."


# 11 bounded


def test_a_client_that_never_reads_costs_a_bounded_amount_of_memory(server, crowd):
    running = server(**SMALL_BUFFERS)
    with crowd(running, clients=2, receive_buffer=RECEIVE_BUFFER) as people:
        flood, other = people
        assert other.ask(b"hello") == b"HELLO"
        flood.ask(letters(100_000))  # warm: the buffers that one pass needs are there
        before = running.child.memory()
        flood.stop_reading()
        sent = 0
        while sent < 64 * MIB:
            flood.say(letters(MIB))
            if not people.pump(lambda: not flood.unsent, limit=0.5):
                break
            sent += MIB
            if running.child.memory() - before > 2 * BOUND:
                break
        running.calm_down()
        grown = running.child.memory() - before
        if grown > BOUND:
            raise Failure(
                f"A client sent {sent // MIB} MiB and never read: the server's memory grew by {grown / MIB:.0f} MiB,"
                f" expected less than {BOUND // MIB}. Stop reading a client whose answers pile up."
            )
        assert other.ask(b"still here") == b"STILL HERE", "another client, during the flood"
