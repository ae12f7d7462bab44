"""d8: a relay: what one side of a pair says, the other hears, and no pair waits for another."""

import random
import socket
import sys
import time

import pytest

from dojo.crowd import LIMIT
from dojo.suite import Failure
from dojo.upstream import RECEIVE_BUFFER
from tests.server_contract import (
    COME_AND_GONE,
    IDLE,
    MIB,
    SILENCE,
    SMALL_BUFFERS,
    TINY_BUFFER,
    letters,
    sockets_left,
)

PAIRS = 200
STALLED = 50  # pairs whose reader has stopped
PUSHING = 0.5  # seconds for which the kernel refuses, before nothing more is going to be taken
ANYTHING = bytes(range(256))
# An address of everybody, which no connection can be made to: the kernel refuses before anything is sent.
NOWHERE = ("127.255.255.255" if sys.platform == "linux" else "255.255.255.255", 9)


@pytest.fixture
def relay(server, crowd, upstream):
    """`with relay() as people:` starts a relay to `upstream`; its crowd has nobody in it yet."""

    def start(**options):
        running = server(upstream=upstream.address, **options)
        return crowd(running, clients=0, receive_buffer=RECEIVE_BUFFER)

    return start


# a pair


def test_what_one_side_says_the_other_hears(relay, upstream):
    with relay() as people:
        near, far = upstream.pair(people)
        for message in (b"hello", b"\n", ANYTHING, letters(10_000)):
            passes(near, far, message)
            passes(far, near, message[::-1])
        for byte in (b"o", b"n", b"e"):
            passes(near, far, byte)


def test_upstream_may_speak_first(relay, upstream):
    with relay() as people:
        near, far = upstream.pair(people)
        passes(far, near, b"220 welcome")


def test_end_of_file_is_passed_on_and_the_other_direction_stays_open(relay, upstream):
    with relay() as people:
        for turn in ("client", "upstream"):
            near, far = upstream.pair(people)
            first, second = (near, far) if turn == "client" else (far, near)
            first.say(b"my last words")
            first.finish()
            hears_to_the_end(second, b"my last words", f"the {turn} had ended its sending side")
            assert not first.ended, (
                f"The {turn} had ended its sending side, and heard {first.ended} itself: half of a connection was"
                " closed, the other half was not."
            )
            passes(second, first, b"I go on")
            passes(second, first, letters(100_000))
            second.finish()
            hears_to_the_end(first, b"", "both had ended their sending sides")


def test_all_data_comes_before_the_end_of_file(relay, upstream):
    with relay(send_buffer=TINY_BUFFER) as people:
        for turn in ("client", "upstream"):
            for silent in (False, True):  # whether the reader, too, has nothing more to say
                near, far = upstream.pair(people)
                writer, reader = (near, far) if turn == "client" else (far, near)
                said = push_until_refused(people, writer, reader)
                writer.finish()
                if silent:
                    reader.finish()
                people.server.calm_down()
                read_in_gulps(people, reader)
                who = "both sides" if silent else f"the {turn}"
                hears_to_the_end(
                    reader, said, f"{who} had ended their sending, with much still under way"
                )


def test_sixty_four_megabytes_arrive_byte_for_byte(relay, upstream):
    with relay(**SMALL_BUFFERS) as people:
        near, far = upstream.pair(people)
        streams = [Stream(near, far, 64 * MIB), Stream(far, near, 8 * MIB)]
        near.stop_reading()  # what is under way piles up first, so that `send` takes parts of it
        far.stop_reading()
        people.pump(lambda: all_has_come(streams), limit=0.3)
        near.read_on()
        far.read_on()
        passed = people.wait(lambda: all_has_come(streams), limit=60)
        for stream in streams:
            if stream.heard < stream.size:
                raise people.server.blame(
                    f"{stream.reader} heard {stream.heard:,} of {stream.size:,} bytes {passed}."
                )


# many pairs


def test_two_hundred_pairs_get_their_own_bytes(relay, upstream):
    with relay(clients=2 * PAIRS) as people:
        nears = people.join(PAIRS)
        for n, near in enumerate(nears):
            near.say(b"client %03d" % n)
        fars = [upstream.accept(people) for _ in nears]
        ends = {far.hear(10): far for far in fars}
        pairs = [(near, ends.get(b"client %03d" % n)) for n, near in enumerate(nears)]
        lost = [str(near) for near, far in pairs if far is None]
        assert not lost, f"{len(lost)} clients were not heard at the far end, {lost[0]} first."
        for order in (pairs, pairs[::-1]):
            for n, (near, far) in enumerate(order):
                near.say(b"up %03d" % n)
                far.say(b"down %03d" % n)
            for n, (near, far) in enumerate(order):
                hears(far, b"up %03d" % n)
                hears(near, b"down %03d" % n)


def test_a_direction_that_stands_still_holds_nothing_else_up(relay, upstream):
    with relay(**SMALL_BUFFERS) as people:
        other_near, other_far = upstream.pair(people)
        for turn in ("client", "upstream"):
            near, far = upstream.pair(people)
            writer, reader = (near, far) if turn == "client" else (far, near)
            said = push_until_refused(people, writer, reader)
            passes(other_near, other_far, b"another pair")
            passes(other_far, other_near, b"and its way back")
            passes(reader, writer, b"the other direction")
            reader.read_on()
            hears(reader, said)
            passes(writer, reader, b"and on")


def test_an_upstream_that_refuses_ends_its_client_only(relay, upstream):
    with relay() as people:
        near, far = upstream.pair(people)
        upstream.refuse()
        clients = people.join(3)
        clients[0].say(b"hello")
        clients[1].finish()
        for client in clients:
            is_let_go(people, client, "Upstream refused its connection")
        passes(near, far, b"still here")
        passes(far, near, b"me too")


def test_an_upstream_that_cannot_be_reached_ends_nothing_but_its_clients(server, crowd):
    running = server(upstream=NOWHERE)
    with crowd(running, clients=0) as people:
        for client in people.join(3):
            client.say(b"hello")
            is_let_go(people, client, f"Nobody can be connected with upstream, {NOWHERE}")
        running.check()


def test_a_reset_on_one_side_ends_both(relay, upstream):
    with relay() as people:
        other_near, other_far = upstream.pair(people)
        passes(other_near, other_far, b"hello")
        people.server.calm_down()
        before = people.server.child.sockets()
        for turn in ("client", "upstream"):
            for moment in ("in the middle of a conversation", "in the middle of a long message"):
                near, far = upstream.pair(people)
                gone, left = (near, far) if turn == "client" else (far, near)
                passes(gone, left, b"hello")
                if "long" in moment:
                    push_until_refused(people, gone, left)
                gone.reset()
                left.read_on()
                is_let_go(people, left, f"Its {turn} vanished with a reset {moment}")
        (early,) = people.join(1)
        early.reset()
        passes(other_near, other_far, b"still here")
        passes(other_far, other_near, b"me too")
        after = sockets_left(people, before)
    assert after <= before, (
        f"Four pairs lost one side by a reset: {after} sockets are still open, there were {before} before."
        " Close both sides."
    )


def test_pairs_that_vanish_on_both_sides_at_once_cost_nobody_else_anything(relay, upstream):
    with relay() as people:
        other_near, other_far = upstream.pair(people)
        pairs = [upstream.pair(people) for _ in range(10)]
        for near, far in pairs:
            passes(near, far, b"hello")
        with people.server.standing_still():
            for pair in pairs:
                for side in pair:
                    side.reset()
        passes(other_near, other_far, b"still here")
        passes(other_far, other_near, b"me too")


def test_a_reader_that_vanishes_ends_its_writer(relay, upstream):
    with relay(**SMALL_BUFFERS) as people:
        for turn in ("client", "upstream"):
            near, far = upstream.pair(people)
            writer, reader = (far, near) if turn == "client" else (near, far)
            push_until_refused(people, writer, reader)
            reader.reset()
            is_let_go(people, writer, f"Its {turn} vanished with a reset without having read")


def test_a_connect_that_hangs_holds_up_no_other_pair(relay, upstream):
    with relay() as people:
        near, far = upstream.pair(people)
        passes(near, far, b"hello")
        if missing := upstream.hang():
            pytest.skip(missing)
        clients = people.join(3)
        said = [b"", b"anybody there?", b"anybody there?"]
        for client, words in zip(clients, said, strict=True):
            client.say(words)
            client.finish()
        people.pump(lambda: False, limit=0.1)
        try:
            passes(near, far, b"still here")
            passes(far, near, b"me too")
        except Failure as failure:
            raise Failure(
                f"The connect for another client gets no answer, and meanwhile {failure}",
                failure.places,
                failure.stacks,
            ) from None
        assert not any(client.ended for client in clients), (
            "A client was let go as soon as its connect to upstream took a moment."
        )
        upstream.take_all()
        heard = []
        for _ in clients:
            late = upstream.accept(people, limit=12)
            people.wait(lambda far=late: far.ended is not None, LIMIT)
            heard.append(bytes(late.heard))
            assert late.ended == "end-of-file", (
                f"A client had ended its sending side while its connect was under way: {late} heard"
                f" {heard[-1]!r} and {late.ended or 'no end-of-file'}."
            )
        assert sorted(heard) == said, (
            f"Three clients had said {said} and ended their sending sides while their connects were under way; their"
            f" far ends heard {sorted(heard)}."
        )


# what it costs


def test_clients_whose_reader_has_stopped_cost_less_than_a_megabyte_each(relay, upstream):
    costs_less_than_a_megabyte_a_pair(relay, upstream, lambda near, far: (near, far))


def test_upstreams_whose_reader_has_stopped_cost_less_than_a_megabyte_each(relay, upstream):
    costs_less_than_a_megabyte_a_pair(relay, upstream, lambda near, far: (far, near))


def costs_less_than_a_megabyte_a_pair(relay, upstream, direction):
    with relay(clients=2 * STALLED, **SMALL_BUFFERS) as people:
        running = people.server
        pairs = [direction(*upstream.pair(people)) for _ in range(STALLED)]
        for writer, reader in pairs:
            writer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
            passes(
                writer, reader, letters(100_000)
            )  # warm: the buffers that one pass needs are there
            passes(reader, writer, letters(100_000))
        running.calm_down()
        before = running.child.memory()
        most = STALLED * MIB
        sent = push(people, pairs, PUSHING, lambda: running.child.memory() - before > 2 * most)
        grown = running.child.memory() - before
        assert grown < most, (
            f"{STALLED} sides sent {sum(sent) / MIB / STALLED:.1f} MiB each, and their readers had stopped: the relay's"
            f" memory grew by {grown / MIB:.0f} MiB, expected less than {STALLED}. Do not read what you cannot pass on."
        )


def test_a_quiet_relay_uses_next_to_no_cpu(relay, upstream):
    with relay(**SMALL_BUFFERS) as people:
        uses_no_cpu(people.server, "Nobody has come yet")
        began = time.monotonic()
        silent = upstream.pair(people)
        near, far = upstream.pair(people)
        said = push_until_refused(people, near, far)
        uses_no_cpu(people.server, "A reader has stopped, and its writer waits")
        far.read_on()
        hears(far, said)
        for half in ("client", "upstream"):
            near, far = upstream.pair(people)
            first, second = (near, far) if half == "client" else (far, near)
            passes(first, second, b"hello")
            first.finish()
            hears_to_the_end(second, b"", f"the {half} had ended its sending side")
        uses_no_cpu(
            people.server,
            "All was passed on, some have ended their sending side, and nobody says anything",
        )
        time.sleep(max(0.0, began + SILENCE - time.monotonic()))
        people.pump(lambda: False, limit=0.05)
        for side in silent:
            assert not side.ended, (
                f"{side} and its other side had said nothing for {SILENCE:g} s, and it saw {side.ended}: a pair may"
                " take its time."
            )


def uses_no_cpu(running, when):
    seconds = 0.5 if running.calm_down(limit=2) else 1.5
    used = running.cpu_in(seconds)
    assert used < IDLE * seconds, (
        f"{when}, yet the relay computed for {used:.2f} s in {seconds:g} s: something wakes it up again and again."
    )


def test_sockets_of_pairs_that_ended_are_closed(relay, upstream):
    with relay() as people:
        near, far = upstream.pair(people)
        passes(near, far, b"hello")
        people.leave()
        far.leave()
        people.server.calm_down()
        before = people.server.child.sockets()
        for n in range(20):
            first, second = upstream.pair(people)[:: 1 if n % 2 else -1]
            passes(first, second, b"hello")
            first.finish()
            hears_to_the_end(second, b"", "the other one had ended its sending side")
            if n % 4 < 2:
                second.finish()
                hears_to_the_end(first, b"", "both had ended their sending sides")
            second.leave()
            first.leave()
        upstream.refuse()
        for client in people.join(5):
            is_let_go(people, client, "Upstream refused its connection")
        after = sockets_left(people, before)
    assert after <= before, (
        f"{COME_AND_GONE:g} s after all pairs had ended, the relay holds {after} sockets; it held {before} after the"
        " first one had come and gone."
    )


# two sides


def passes(speaker, listener, message):
    """What one says, the other one hears."""
    speaker.say(message)
    hears(listener, message, said_by=str(speaker))


def hears(listener, expected, said_by="the other side"):
    heard = listener.hear(len(expected), limit=3 * LIMIT)
    if heard != expected:
        raise Failure(unlike(str(listener), expected, heard, said_by))


def hears_to_the_end(listener, expected, when):
    """`listener` hears this, and then end-of-file."""
    people = listener._crowd
    passed = people.wait(lambda: listener.ended is not None, LIMIT)
    heard = bytes(listener.heard)
    if listener.ended is None:
        raise people.server.blame(
            f"After {when}, {listener} heard no end-of-file {passed}, only {len(heard):,} bytes."
        )
    listener.heard.clear()
    if heard != expected:
        raise Failure(f"After {when}: " + unlike(str(listener), expected, heard, "the other side"))
    assert listener.ended == "end-of-file", (
        f"After {when}, {listener} heard {listener.ended} and no end-of-file."
    )


def unlike(who, expected, heard, said_by):
    if len(expected) <= 40:
        return f"{who} heard {heard!r}, {said_by} had said {expected!r}."
    n = next(
        (n for n, pair in enumerate(zip(expected, heard, strict=False)) if pair[0] != pair[1]), None
    )
    where = "" if n is None else f" From byte {n:,} on they differ."
    return f"{who} heard {len(heard):,} bytes, {said_by} had said {len(expected):,}.{where}"


def is_let_go(people, client, why):
    passed = people.wait(lambda: client.ended is not None, LIMIT)
    if client.ended is None:
        raise people.server.blame(f"{why}: {client} heard of no end {passed}.")


def push_until_refused(people, writer, reader):
    """`reader` stops reading, `writer` sends until nothing moves any more; what it has sent."""
    reader.stop_reading()
    (sent,) = push(people, [(writer, reader)], 0.3)
    return said(sent)


def read_in_gulps(people, reader):
    """`reader` reads on in gulps, so that the relay nearly always has more than it can send."""
    while reader.ended is None:
        enough = len(reader.heard) + GULP
        reader.read_on()
        passed = people.wait(lambda size=enough: len(reader.heard) >= size or reader.ended, LIMIT)
        if passed:
            return
        reader.stop_reading()
        deadline = time.monotonic() + 0.05
        while reader.arrived() < GULP and time.monotonic() < deadline:
            time.sleep(0.002)


def said(size):
    return (PIECE * (size // len(PIECE) + 1))[:size]


PIECE = letters(MIB)
GULP = RECEIVE_BUFFER * 3 // 2
MOST = 64 * MIB  # bytes that no kernel takes for one connection that nobody reads


def push(people, pairs, seconds, enough=lambda: False):
    """The writer of each pair sends until the kernel refuses for so many seconds, its reader reads nothing.

    How much each of them has sent. What the kernel did not take is forgotten.
    """
    offered = [0] * len(pairs)
    for _, reader in pairs:
        reader.stop_reading()
    taken, still = -1, 0
    while not enough() and max(offered) < MOST:
        for n, (writer, _) in enumerate(pairs):
            if len(writer.unsent) < MIB // 8 and writer.ended is None:
                writer.say(PIECE)
                offered[n] += len(PIECE)
        now = sum(offered) - sum(len(writer.unsent) for writer, _ in pairs)
        still = still + 1 if now == taken else 0
        # Once is not enough, for it may have been us who stood still; and one that spins never calms down.
        if still > 1 and (people.server.calm_down() or still > 2):
            break
        taken = now
        people.pump(
            lambda: any(len(writer.unsent) < MIB // 8 for writer, _ in pairs), limit=seconds
        )
    for n, (writer, _) in enumerate(pairs):
        offered[n] -= len(writer.unsent)
        writer.unsent = memoryview(b"")
    return offered


def all_has_come(streams):
    return sum(stream.flows() for stream in streams) == len(streams)


class Stream:
    """`size` bytes from `writer` to `reader`, compared as they arrive."""

    def __init__(self, writer, reader, size):
        self.writer, self.reader, self.size = writer, reader, size
        self.said = self.heard = 0
        self._awaited = bytearray()
        self._bytes = random.Random(size).randbytes(MIB)

    def flows(self):
        """Say more, compare what has come; whether all has."""
        if (
            self.said < self.size
            and len(self.writer.unsent) < MIB // 8
            and self.writer.ended is None
        ):
            turn = self.said // MIB  # no two pieces are alike
            piece = self._bytes[turn:] + self._bytes[:turn]
            self.writer.say(piece)
            self.said += len(piece)
            self._awaited += piece
        came = bytes(self.reader.heard)
        self.reader.heard.clear()
        if came != self._awaited[: len(came)]:
            raise Failure(
                f"Somewhere in the {len(came):,} bytes after the first {self.heard:,}, {self.reader} heard other bytes"
                f" than {self.writer} had said. Is what `send` did not take kept, and sent before anything else?"
            )
        del self._awaited[: len(came)]
        self.heard += len(came)
        return self.heard == self.size
