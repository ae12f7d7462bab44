"""d7: a chat: everybody hears what one says, and nobody waits for a reader who does not read."""

import time

from dojo.crowd import LIMIT
from dojo.suite import Failure
from tests.server_contract import (
    BOUND,
    COME_AND_GONE,
    IDLE,
    MIB,
    RECEIVE_BUFFER,
    SILENCE,
    TINY_BUFFER,
    letters,
    sockets_left,
)

MAX_LINE = 1024  # what `serve` takes if it is told nothing else
MAX_BACKLOG = 65_536
LINE = 1000  # bytes of each line of a long speech
STEP = 16  # such lines at once: so little is never a backlog for those who read


# who hears what


def test_every_line_reaches_everybody_else(server, crowd):
    with crowd(server(), clients=0) as people:
        ada, bob, cem = enter(people, b"ada", b"bob", b"cem")
        ada.says(b"hello\n")
        bob.hears(b"ada: hello")
        cem.hears(b"ada: hello")
        bob.says(b"hello, ada\n")
        cem.hears(b"bob: hello, ada")
        ada.hears(b"bob: hello, ada", hint="A speaker does not hear their own lines.")
        ada.says(b"and a second line\n")
        bob.hears(b"ada: and a second line", hint="A speaker does not hear their own lines.")


def test_comings_and_goings_are_told_to_the_others(server, crowd):
    with crowd(server(), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        (cem,) = enter(people, b"cem", among=(ada, bob))
        cem.client.leave()
        ada.hears(b"* cem left")
        bob.hears(b"* cem left")


def test_who_has_no_nickname_yet_hears_nothing_and_is_not_spoken_of(server, crowd):
    with crowd(server(), clients=0) as people:
        silent = people.join(3)
        ada, bob = enter(people, b"ada", b"bob")
        silent[0].leave()
        silent[1].say(b"half a nickna")
        silent[1].finish()
        ada.says(b"is anybody here?\n")
        bob.hears(
            b"ada: is anybody here?", hint="Who has told no nickname has neither come nor gone."
        )
        (cem,) = enter(people, b"cem", among=(ada, bob), clients=silent[2:])
        ada.says(b"welcome\n")
        cem.hears(
            b"ada: welcome",
            hint="It heard something of before: the nickname is what lets a client in.",
        )
        bob.hears(b"ada: welcome")


# lines


def test_a_line_may_come_in_any_pieces(server, crowd):
    with crowd(server(), clients=0) as people:
        (ada,) = enter(people, b"ada")
        (client,) = people.join(1)
        for piece in (b"b", b"ob", b"\nhe", b"llo", b"\n", b"bye\nand", b" on\n"):
            client.say(piece)
            people.pump(lambda: False, limit=0.03)
        ada.hears(b"* bob joined", b"bob: hello", b"bob: bye", b"bob: and on", hint=STREAM)
        ada.says(b"one", b" at", b" a", b" time\n")
        Guest(people, client, b"bob").hears(b"ada: one at a time", hint=STREAM)


def test_many_lines_may_come_at_once(server, crowd):
    lines = [b"line %d" % n for n in range(300)]
    with crowd(server(), clients=0) as people:
        (ada,) = enter(people, b"ada")
        (client,) = people.join(1)
        client.say(b"bob\n" + b"".join(line + b"\n" for line in lines))
        ada.hears(b"* bob joined", *(b"bob: " + line for line in lines), hint=STREAM)


def test_a_line_arrives_byte_for_byte(server, crowd):
    lines = [
        b"",
        b"  spaces around  ",
        "straße, 聊天, 🙂".encode(),
        b"a\rb\tc\x0bd\x0ce\x1cf",
        "g\x85h\u2028i".encode(),
        bytes(range(256)).replace(b"\n", b""),
        b"\xff\xfe no text at all",
    ]
    with crowd(server(), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        for line in lines:
            ada.says(line + b"\n")
            bob.hears(
                b"ada: " + line,
                hint=r"Only b'\n' ends a line, and a line is bytes: whether they are text is not the chat's business.",
            )


def test_a_carriage_return_before_the_newline_is_dropped(server, crowd):
    with crowd(server(), clients=0) as people:
        (ada,) = enter(people, b"ada")
        (client,) = people.join(1)
        client.say(b"bob\r\nhello\r\n\r\n")
        ada.hears(b"* bob joined", b"bob: hello", b"bob: ")
        client.say(b"in pieces\r")
        people.pump(lambda: False, limit=0.05)
        client.say(b"\nnext\r\n")
        ada.hears(b"bob: in pieces", b"bob: next")


def test_what_comes_after_the_last_newline_is_discarded(server, crowd):
    with crowd(server(), clients=0) as people:
        (ada,) = enter(people, b"ada")
        for ending in ("leave", "finish"):
            (bob,) = enter(people, b"bob", among=(ada,))
            bob.says(b"last words\nhalf a li")
            getattr(bob.client, ending)()
            ada.hears(b"bob: last words", b"* bob left")


# who is let go


def test_a_nickname_that_somebody_has_is_refused(server, crowd):
    with crowd(server(), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        for nick in (b"ada\n", b"bob\r\n"):
            assert refused(people, nick) == b"NICK TAKEN\n"
        ada.says(b"still me\n")
        bob.hears(b"ada: still me", hint="Whoever was refused has neither come nor gone.")
        bob.says(b"me too\n")
        ada.hears(b"bob: me too", hint="Whoever was refused has neither come nor gone.")


def test_a_nickname_that_only_resembles_another_is_nobodys(server, crowd):
    with crowd(server(), clients=0) as people:
        enter(people, b"ada", b"Ada", b"ADA", b"ad", b"adam")


def test_a_nickname_may_have_any_bytes_but_a_space(server, crowd):
    with crowd(server(), clients=0) as people:
        enter(
            people, b"x", "jürgen".encode(), b"*", b"a:b", b"\xff\xfe", b"12", b"a-b_c.d", b"left"
        )


def test_who_is_let_go_says_nothing_more(server, crowd):
    with crowd(server(), clients=0) as people:
        ada, bob, cem = enter(people, b"ada", b"bob", b"cem")
        rest = b"eve\nstill here\n"
        for nick, word in ((b"ada\n", b"NICK TAKEN\n"), (b"a b\n", b"BAD NICK\n")):
            heard = refused(people, nick + rest)
            assert heard == word, f"The lines {nick + rest!r}, sent at once, got this answer."
        cem.says(b"x" * (MAX_LINE + 1) + b"\n" + rest)
        bob.hears(
            b"* cem left",
            hint="The first of several lines that came at once was refused: the rest is not said any more.",
        )
        ada.hears(b"* cem left")
        ada.says(b"hello\n")
        bob.hears(b"ada: hello", hint="Who was let go has left, and says nothing more.")


def test_an_empty_nickname_or_one_with_a_space_is_refused(server, crowd):
    with crowd(server(), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        for nick in (b"\n", b"\r\n", b"a b\n", b" cem\n", b"cem \n", b" \n"):
            heard = refused(people, nick)
            assert heard == b"BAD NICK\n", f"The nickname {nick!r} got this answer."
        ada.says(b"hello\n")
        bob.hears(b"ada: hello", hint="Whoever was refused has neither come nor gone.")


def test_a_line_may_have_max_line_bytes_and_no_more(server, crowd):
    for arguments, most in (({}, MAX_LINE), ({"max_line": 10}, 10)):
        given = f"max_line={most}" + ("" if arguments else " (the default)")
        with crowd(server(**arguments), clients=0) as people:
            ada, bob = enter(people, b"ada", b"bob")
            ada.says(b"x" * most + b"\n")
            bob.hears(
                b"ada: " + b"x" * most,
                hint=f"{given}: so many bytes, then the newline, is allowed.",
            )
            ada.says(b"y" * most)
            people.pump(lambda: False, limit=0.05)
            ada.says(b"\n")
            bob.hears(
                b"ada: " + b"y" * most,
                hint=f"{given}: the newline came later, and counts as little.",
            )
            ada.says(b"w" * most + b"\r")
            people.pump(lambda: False, limit=0.05)
            ada.says(b"\n")
            bob.hears(
                b"ada: " + b"w" * most,
                hint=f"{given}: the carriage return before the newline is dropped, and counts as little.",
            )
            ada.says(b"z" * (most + 1) + b"\n")
            bob.hears(b"* ada left", hint=f"{given}, and ada said a line of {most + 1}.")
            assert ada.parting() == [b"LINE TOO LONG"]


def test_a_nickname_may_have_max_line_bytes_and_no_more(server, crowd):
    longest = b"abcdefghij"
    with crowd(server(max_line=len(longest)), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        (guest,) = enter(people, longest, among=(ada, bob))
        assert refused(people, longest + b"k\n") == b"LINE TOO LONG\n"
        guest.says(b"hello\n")
        ada.hears(longest + b": hello")


def test_who_says_a_line_without_an_end_is_let_go_and_has_left(server, crowd):
    with crowd(server(), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        ada.says(b"x" * MIB)
        bob.hears(
            b"* ada left",
            hint=f"ada said {MIB:,} bytes and no newline, which is too long wherever the newline comes.",
        )
        ada.parting()


def test_who_says_a_line_without_an_end_is_told_why(server, crowd):
    with crowd(server(max_line=10), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        (unnamed,) = people.join(1)
        for client, what in ((ada.client, "line"), (unnamed, "nickname")):
            for _ in range(
                100
            ):  # in small pieces: what is unread when a socket is closed costs the parting line
                client.say(b"x" * 10)
                people.pump(lambda who=client: who.heard or who.ended, limit=0.1)
                if client.heard or client.ended:
                    break
            heard = last_words(people, client, f"Who said a {what} without an end")
            assert heard == b"LINE TOO LONG\n", (
                f"max_line=10. Who was let go because of a longer {what}, which had no newline yet, heard {heard!r}."
            )
        bob.hears(b"* ada left")


def test_to_end_ones_sending_side_is_to_leave(server, crowd):
    with crowd(server(), clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        bob.client.finish()
        ada.hears(b"* bob left")
        bob.parting()


def test_a_nickname_is_free_again_at_once(server, crowd):
    with crowd(server(), clients=0) as people:
        (ada,) = enter(people, b"ada")
        for ending in ("leave", "reset", "finish"):
            (bob,) = enter(people, b"bob", among=(ada,))
            getattr(bob.client, ending)()
            ada.hears(b"* bob left")
        (bob,) = enter(people, b"bob", among=(ada,))
        bob.says(b"x" * (MAX_LINE + 1) + b"\n")
        ada.hears(b"* bob left")
        enter(people, b"bob", among=(ada,))


def test_clients_that_vanish_cost_nobody_else_anything(server, crowd):
    running = server()
    with crowd(running, clients=0) as people:
        ada, bob = enter(people, b"ada", b"bob")
        unnamed = people.join(3)
        unnamed[1].say(b"half a nickna")
        guests = enter(people, *(b"guest%d" % n for n in range(30)), among=(ada, bob))
        with running.standing_still():
            for client in unnamed:
                client.reset()
            for n, guest in enumerate(guests):
                guest.says(b"half a li" if n % 2 else b"")
                guest.client.reset()
        left = [b"* guest%d left" % n for n in range(30)]
        for witness in (ada, bob):
            witness.hears(*left, in_any_order=True)
        ada.says(b"all gone\n")
        bob.hears(b"ada: all gone")
        bob.says(b"all of them\n")
        ada.hears(b"bob: all of them")


# slow readers


def test_a_hundred_chatters_who_speak_at_once_lose_nobody(server, crowd):
    running = server(clients=100)
    with crowd(running, clients=0) as people:
        guests = enter(people, *(b"guest%02d" % n for n in range(100)))
        said = [b"%02d " % n + b"." * 896 for n in range(100)]  # 900 bytes with the newline
        with running.standing_still():
            for guest, line in zip(guests, said, strict=True):
                guest.says(line + b"\n")
        lines = [guest.nick + b": " + line for guest, line in zip(guests, said, strict=True)]
        for guest, own in zip(guests, lines, strict=True):
            guest.hears(
                *(line for line in lines if line is not own), in_any_order=True, hint=NO_BACKLOG
            )


def test_nobody_waits_for_readers_who_stand_still(server, crowd):
    running = server(send_buffer=TINY_BUFFER, max_backlog=MIB)
    with crowd(running, clients=0, receive_buffer=RECEIVE_BUFFER) as people:
        ada, bob, *slow = enter(people, b"ada", b"bob", b"slow1", b"slow2")
        for _ in range(2):  # together, or one after the other, they are more than max_backlog
            for guest in slow:
                guest.client.stop_reading()
            heard = []
            for lines in speech(MIB * 3 // 4):
                ada.says(*(line + b"\n" for line in lines))
                heard += [b"ada: " + line for line in lines]
                bob.hears(
                    *heard[-len(lines) :],
                    hint=f"Two do not read: no reason to wait, nor to drop one (max_backlog={MIB:,} for each).",
                )
            for guest in slow:
                guest.client.read_on()
                guest.hears(
                    *heard,
                    hint="It had stopped reading for a while, with less than max_backlog unsent: it may miss nothing.",
                )


def test_who_does_not_read_is_heard_and_may_leave(server, crowd):
    running = server(send_buffer=TINY_BUFFER, max_backlog=MIB)
    with crowd(running, clients=0, receive_buffer=RECEIVE_BUFFER) as people:
        ada, bob = enter(people, b"ada", b"bob")
        for ending in ("finish", "reset"):
            (slow,) = enter(people, b"slow", among=(ada, bob))
            slow.client.stop_reading()
            for lines in speech(MIB // 2):
                ada.says(*(line + b"\n" for line in lines))
                bob.hears(*(b"ada: " + line for line in lines))
            slow.says(b"I shall read it later\n")
            for witness in (ada, bob):
                witness.hears(
                    b"slow: I shall read it later",
                    hint="It does not read, and there is a backlog for it: it may speak all the same.",
                )
            getattr(slow.client, ending)()
            for witness in (ada, bob):
                witness.hears(b"* slow left", hint="There was a backlog for it when it left.")


def test_readers_whose_backlog_passes_the_limit_are_dropped(server, crowd):
    running = server(send_buffer=TINY_BUFFER)
    with crowd(running, clients=0, receive_buffer=RECEIVE_BUFFER) as people:
        ada, bob, *slow = enter(people, b"ada", b"bob", b"slow1", b"slow2")
        for guest in slow:
            guest.client.stop_reading()
        left = [b"* slow1 left", b"* slow2 left"]
        bob.put_aside = ada.put_aside = b"* "
        for lines in speech(MIB):
            ada.says(*(line + b"\n" for line in lines))
            bob.hears(*(b"ada: " + line for line in lines))
            if len(bob.aside) == len(left):
                break
        else:
            raise running.blame(why_nobody_left(people, slow))
        bob.put_aside = ada.put_aside = None
        for witness in (ada, bob):
            witness.lines, witness.aside = witness.aside + witness.lines, []
            witness.hears(*left, in_any_order=True)
        for guest in slow:
            guest.client.read_on()
            guest.parting()
            enter(people, guest.nick, among=(ada, bob))


def why_nobody_left(people, slow):
    for guest in slow:
        guest.client.read_on()
    people.pump(lambda: all(guest.client.ended for guest in slow), limit=1)
    if all(guest.client.ended for guest in slow):
        return (
            "Two readers were dropped, and nobody was told: they have left like all others who go."
        )
    return (
        f"Two readers read nothing while {MIB:,} bytes were said. The kernel's buffers take less than 200,000, and"
        f" max_backlog is {MAX_BACKLOG:,}, yet they were not dropped."
    )


def test_a_flood_costs_a_bounded_amount_of_memory(server, crowd):
    running = server(send_buffer=TINY_BUFFER)
    endless_line = letters(MIB).replace(b"\n", b"-")
    many_lines = (b"x" * LINE + b"\n") * (MIB // LINE)
    with crowd(running, clients=0, receive_buffer=RECEIVE_BUFFER) as people:
        ada, bob = enter(people, b"ada", b"bob")
        (unnamed,) = people.join(1)
        ada.says(*(line + b"\n" for line in next(speech(MIB))))  # warm
        running.calm_down()
        before = running.child.memory()
        bob.client.stop_reading()
        for flood, data, what in (
            (ada.client, many_lines, "line after line, to a reader that does not read"),
            (unnamed, endless_line, "for its nickname, without a newline"),
            (ada.client, endless_line, "in one line, without a newline"),
        ):
            for sent in range(1, 17):  # noqa: B007
                flood.say(data)
                people.pump(lambda who=flood: not who.unsent or who.ended is not None, limit=3)
                grown = running.child.memory() - before
                if flood.ended or grown > 2 * BOUND:
                    break
            assert grown < BOUND, (
                f"{sent} MiB were said {what}: the server's memory grew by {grown / MIB:.0f} MiB, expected less than"
                f" {BOUND // MIB}."
            )
        enter(people, b"eve", b"fay")


# what it costs


def test_a_quiet_chat_uses_next_to_no_cpu(server, crowd):
    running = server(send_buffer=TINY_BUFFER, max_backlog=MIB)
    uses_no_cpu(running, "Nobody has come yet")
    with crowd(running, clients=0, receive_buffer=RECEIVE_BUFFER) as people:
        began = time.monotonic()
        unnamed = people.join(3)  # who never say their names
        ada, bob, slow, gone = enter(people, b"ada", b"bob", b"slow", b"gone")
        gone.client.finish()
        bob.hears(b"* gone left")
        slow.client.stop_reading()
        said = 0
        for lines in speech(MIB // 2):
            ada.says(*(line + b"\n" for line in lines))
            bob.hears(*(b"ada: " + line for line in lines))
            said += len(lines)
        uses_no_cpu(running, "One reader does not read, and nobody says anything")
        slow.client.read_on()
        people.wait(lambda: slow.arrived() >= said, LIMIT)
        uses_no_cpu(running, "All was sent, and nobody says anything")
        time.sleep(max(0.0, began + SILENCE - time.monotonic()))
        people.pump(lambda: False, limit=0.05)
        for client in (*unnamed, bob.client, slow.client):
            assert not client.ended, (
                f"{client} had said nothing for about {SILENCE:g} s and saw {client.ended}: it may take its time."
            )


def uses_no_cpu(running, when):
    seconds = 0.5 if running.calm_down(limit=2) else 1.5
    used = running.cpu_in(seconds)
    assert used < IDLE * seconds, (
        f"{when}, yet the chat computed for {used:.2f} s in {seconds:g} s: something wakes it up again and again."
    )


def test_sockets_of_those_who_left_or_were_let_go_are_closed(server, crowd):
    running = server(clients=50)
    with crowd(running, clients=0) as people:
        (first,) = enter(people, b"first")
        running.calm_down()
        first.client.leave()
        running.calm_down()
        before = running.child.sockets()
        guests = enter(people, *(b"guest%d" % n for n in range(30)))
        for line in (b"guest1\n", b"\n", b"x" * 2000):
            refused(people, line)
        unnamed = people.join(4)
        unnamed[0].say(b"half a nickna")
        for client in unnamed[:2]:
            client.finish()
        unnamed[2].leave()
        unnamed[3].reset()
        for n, guest in enumerate(guests):
            getattr(guest.client, ("leave", "reset", "finish")[n % 3])()
        after = sockets_left(people, before)
    assert after <= before, (
        f"{COME_AND_GONE:g} s after everybody had left, ended their sending side or was let go, the server holds"
        f" {after} sockets; it held {before} after its first client had come and gone."
    )


# the guests

STREAM = "What one recv gives is not a line: it may be a part of one, or several."
NO_BACKLOG = (
    "A hundred lines of 900 bytes are more than max_backlog, but the kernel takes them: first send, then count what it"
    " refused."
)


class Guest:
    """A client with a nickname. Whether guests hear of their own coming is left open: such a line is put aside."""

    def __init__(self, people, client, nick):
        self.people, self.client, self.nick = people, client, nick
        self.lines = []  # heard, and not expected yet
        self.aside = []
        self.put_aside = None  # how lines start that are not expected in order

    def __str__(self):
        return self.nick.decode()

    def says(self, *pieces):
        self.client.say(b"".join(pieces))

    def arrived(self):
        """How many lines have been heard, and not expected yet."""
        *lines, rest = bytes(self.client.heard).split(b"\n")
        self.client.heard[:] = rest
        for line in lines:
            if self.put_aside and line.startswith(self.put_aside):
                self.aside.append(line)
            elif line != b"* %b joined" % self.nick:
                self.lines.append(line)
        return len(self.lines)

    def hears(self, *expected, in_any_order=False, newcomer=None, hint=""):
        """Wait for as many lines; a Failure if they are others, with what the `newcomer` has heard meanwhile."""
        size = len(expected)
        passed = self.people.wait(
            lambda: self.arrived() >= size or self.client.ended is not None, LIMIT
        )
        heard, self.lines = self.lines[:size], self.lines[size:]
        if in_any_order:
            heard, expected = sorted(heard), sorted(expected)
        if heard != list(expected):
            if newcomer:
                hint = f"{newcomer} itself has heard {bytes(newcomer.client.heard[:200])!r}."
            sentence = f"{self._told(heard, expected, passed)} {hint}".rstrip()
            raise self.people.server.blame(sentence) if passed else Failure(sentence)

    def _told(self, heard, expected, passed):
        n = next(
            (n for n, pair in enumerate(zip(heard, expected, strict=False)) if pair[0] != pair[1]),
            len(heard),
        )
        before = f" after {n} right lines" if n else ""
        if n < len(heard):
            return f"{self} heard {shown(heard[n])}{before}, expected {shown(expected[n])}."
        ended = f"then {self.client.ended}" if self.client.ended else f"and nothing {passed}"
        return f"{self} waited{before} for {shown(expected[n])}: it did not come, {ended}."

    def parting(self):
        """The lines that it still hears before it is let go."""
        last_words(self.people, self.client, str(self))
        self.arrived()
        return self.lines


def shown(line):
    return repr(line) if len(line) <= 60 else f"{line[:40]!r}… ({len(line):,} bytes)"


def last_words(people, client, who):
    passed = people.wait(lambda: client.ended is not None, LIMIT)
    if client.ended is None:
        raise people.server.blame(
            f"{who} heard {bytes(client.heard[:200])!r} and was not let go {passed}."
        )
    return bytes(client.heard)


def refused(people, nick):
    """What a newcomer hears that says this first line and is let go."""
    (client,) = people.join(1)
    client.say(nick)
    return last_words(people, client, f"A newcomer that said {shown(nick)}")


def enter(people, *nicks, among=(), clients=None):
    """Guests with these nicknames; they, and those `among` whom they come, have heard who came after them."""
    if len(nicks) == 1 and not among:  # somebody must tell when the first one is in
        first, scout = enter(people, *nicks, b"scout")
        scout.client.leave()
        first.hears(b"* scout left")
        return [first]
    clients = clients or people.join(len(nicks))
    guests = [Guest(people, *pair) for pair in zip(clients, nicks, strict=True)]
    there = list(among)
    for guest in guests:
        guest.says(guest.nick + b"\n")
        if (
            len(there) == 1 and not among
        ):  # of the first two, whoever was in first hears of the other
            people.wait(lambda: guests[0].arrived() or guests[1].arrived(), LIMIT)
            if guests[1].lines:
                guests[1].hears(b"* %b joined" % guests[0].nick)
            else:
                guests[0].hears(b"* %b joined" % guests[1].nick)
        elif there:
            there[0].hears(b"* %b joined" % guest.nick, newcomer=guest)
        there.append(guest)
    for n, one in enumerate(there[1:], 1):
        later = there[max(n + 1, len(among)) :]
        one.hears(*(b"* %b joined" % guest.nick for guest in later), in_any_order=True)
    return guests


def speech(size):
    """Lines of `size` bytes in all, no two of them alike, a few at a time."""
    text = letters(LINE).replace(b"\n", b"-")
    for start in range(0, size // LINE, STEP):
        yield [b"%06d %b" % (n, text[: LINE - 8]) for n in range(start, start + STEP)]
