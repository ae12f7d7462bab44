"""d1: many sockets, and what each of them says first, within one time for all."""

import socket
import struct
import sys
import threading
import time

import pytest

from dojo.suite import about, waiting

IDLE = 0.05  # of one core


def pairs(*names, receive_buffer=None):
    """A connected pair of TCP sockets for each name: (ours, theirs), by name."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        if receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        made = {}
        for name in names:
            theirs = socket.create_connection(listener.getsockname())
            ours, _ = listener.accept()
            theirs.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made[name] = ours, theirs
        return made


def ask(kata, made, timeout):
    """first_words of all these sockets, by name."""
    names = {ours: name for name, (ours, _) in made.items()}
    words = kata.first_words(list(names), timeout)
    return {names.get(sock, repr(sock)): word for sock, word in words.items()}


def ask_and_go(kata, made, timeout):
    """As `ask`, in a thread: None if first_words does not come back long after the time is up."""
    came = []

    def call():
        try:
            came.append(ask(kata, made, timeout))
        except BaseException as error:
            came.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(timeout + 4)
    if came and isinstance(came[0], BaseException):
        raise came[0]
    return came[0] if came else None


def arrived(*sockets):
    """Wait until each of them has something to read."""
    import select

    for sock in sockets:
        select.select([sock], [], [], 5)


def speak(made, *lines):
    """In a thread: (seconds, name, word), each so long after the line before."""

    def speaker():
        for seconds, name, word in lines:
            with waiting(name):
                time.sleep(seconds)
            made[name][1].sendall(word)

    threading.Thread(target=speaker, daemon=True).start()


def differ(situation, words, expected):
    """The sentence for wrong words."""
    return f"{situation} Expected {expected}, got {words}."


def test_no_sockets_no_words(run):
    outcome = run(lambda kata: kata.first_words([], 3))
    assert outcome.value == {}
    assert outcome.seconds == about(0, not_=3), "There is nobody to wait for:"
    assert run(lambda kata: kata.first_words([], None), limit=3).value == {}


def test_everybody_has_spoken_already(run):
    def scenario(kata):
        made = pairs("red", "green", "blue")
        for name, (_, theirs) in made.items():
            theirs.sendall(name.encode())
        arrived(*(ours for ours, _ in made.values()))
        return ask(kata, made, 4)

    outcome = run(scenario)
    expected = {"red": b"red", "green": b"green", "blue": b"blue"}
    assert outcome.value == expected, differ("All had spoken.", outcome.value, expected)
    assert outcome.seconds == about(0, not_=4), (
        "All had spoken before the call, and the time-out was 4 s:"
    )


def test_the_second_speaks_and_the_first_is_silent(run):
    def scenario(kata):
        made = pairs("first", "second")
        made["second"][1].sendall(b"hello")
        return ask(kata, made, 0.5)

    outcome = run(scenario)
    expected = {"second": b"hello"}
    assert outcome.value == expected, differ(
        "The first socket was silent, the second one had spoken; the time-out was 0.5 s.",
        outcome.value,
        expected,
    )
    assert outcome.seconds == about(0.5, not_=0), "One of two was silent, and the time-out 0.5 s:"


def test_who_has_spoken_is_heard_while_others_are_silent(run):
    """The first one says nothing before the second one is heard."""

    def scenario(kata):
        import select

        made = pairs("first", "second")
        ours, theirs = made["second"]
        theirs.sendall(b"hello")
        arrived(ours)

        def speak_when_it_is_heard():
            while select.select([ours], [], [], 0)[0]:
                time.sleep(0.01)
            made["first"][1].sendall(b"hello to you")

        threading.Thread(target=speak_when_it_is_heard, daemon=True).start()
        return ask(kata, made, 3)

    words, expected = run(scenario).value, {"first": b"hello to you", "second": b"hello"}
    assert words == expected, differ(
        "The second socket had spoken; the first one spoke as soon as that was read; the time-out was 3 s.",
        words,
        expected,
    )


@pytest.mark.trace
def test_it_waits_until_everybody_has_spoken(run):
    def scenario(kata):
        made = pairs("red", "green", "blue")
        speak(
            made, (0.2, "blue", b"I am blue"), (0.2, "red", b"I am red"), (0.2, "green", b"and I")
        )
        with waiting("first_words"):
            return ask(kata, made, 8)

    outcome = run(scenario)
    expected = {"blue": b"I am blue", "red": b"I am red", "green": b"and I"}
    assert outcome.value == expected, differ(
        "Blue spoke first, then red, then green, 0.2 s apart; the time-out was 8 s.",
        outcome.value,
        expected,
    )
    assert outcome.seconds == about(0.6, not_=8), "When the last had spoken:"


def test_without_a_time_out_it_waits_as_long_as_it_takes(run):
    def scenario(kata):
        made = pairs("red", "green")
        speak(made, (0.3, "green", b"at last"), (0.5, "red", b"me too"))
        return ask(kata, made, None)

    words, expected = run(scenario).value, {"green": b"at last", "red": b"me too"}
    assert words == expected, differ(
        "Green spoke after 0.3 s, red after 0.8 s; there was no time-out.", words, expected
    )


def test_a_time_out_of_zero_does_not_wait(run):
    def scenario(kata):
        made = pairs("red", "green")
        speak(made, (1.0, "red", b"too late"), (0, "green", b"too late"))
        return ask(kata, made, 0)

    words = run(scenario).value
    assert words == {}, differ(
        "Both spoke after 1 s. A time-out of 0 looks once, and does not wait.", words, {}
    )


def test_a_time_out_of_zero_takes_what_is_there(run):
    def scenario(kata):
        made = pairs("red", "green", "blue")
        for name in ("red", "blue"):
            made[name][1].sendall(name.encode())
            arrived(made[name][0])
        speak(made, (1.0, "green", b"too late"))
        return ask(kata, made, 0)

    words, expected = run(scenario).value, {"red": b"red", "blue": b"blue"}
    assert words == expected, differ(
        "Red and blue had spoken before the call, green spoke after 1 s. A time-out of 0 looks once.",
        words,
        expected,
    )


@pytest.mark.trace
def test_the_time_out_is_for_all_together(run):
    def scenario(kata):
        made = pairs("grey", *"abcdefghij")
        speak(made, *((0.3, name, name.encode()) for name in "abcdefghij"))
        with waiting("first_words"):
            return ask(kata, made, 0.8)

    outcome = run(scenario, limit=15)
    assert outcome.seconds == about(0.8, not_=3.8), (
        "Somebody spoke every 0.3 s, and one never did. The time-out was 0.8 s; each word uses up some of it, and"
        " the next wait is for what is left:"
    )
    assert "j" not in outcome.value, "The last one spoke after 3 s, the time-out was 0.8 s."


def test_only_the_first_words_are_taken(run):
    def scenario(kata):
        made = pairs("slow", "chatty")
        ours, theirs = made["chatty"]
        theirs.sendall(b"one")

        def go_on():
            import select

            deadline = time.monotonic() + 3
            while select.select([ours], [], [], 0)[0] and time.monotonic() < deadline:
                time.sleep(0.01)  # "one" is still there
            theirs.sendall(b"two")
            time.sleep(0.3)
            made["slow"][1].sendall(b"me too")

        arrived(ours)
        threading.Thread(target=go_on, daemon=True).start()
        words = ask(kata, made, 8)
        ours.settimeout(1)
        try:
            return words, ours.recv(100)
        except (TimeoutError, BlockingIOError):
            return words, b"nothing"

    words, left = run(scenario, limit=15).value
    expected = {"chatty": b"one", "slow": b"me too"}
    assert words == expected, differ(
        'Chatty said "one", and later "two", while slow still kept silent.', words, expected
    )
    assert left == b"two", (
        f'Chatty\'s second word "two" was to stay in the socket; left there: {left!r}.'
    )


def test_a_long_speech_is_cut_not_lost(run):
    def scenario(kata):
        made = pairs("long")
        ours, theirs = made["long"]
        speech = bytes(range(256)) * 800

        def talk():
            theirs.sendall(speech)
            theirs.shutdown(socket.SHUT_WR)

        threading.Thread(target=talk, daemon=True).start()
        first = ask(kata, made, 5)["long"]
        ours.settimeout(5)
        rest = b""
        while piece := ours.recv(65536):
            rest += piece
        return len(first), first + rest == speech

    size, whole = run(scenario).value
    assert 0 < size <= 65536, (
        f"One recv of 65,536 bytes returns as many at most; here came {size:,}."
    )
    assert whole, (
        "The first words and what can still be received are not the whole speech: bytes were lost."
    )


def test_words_of_65536_bytes_come_whole(run):
    def scenario(kata):
        made = pairs("long", receive_buffer=400_000)
        ours, theirs = made["long"]
        threading.Thread(target=theirs.sendall, args=(bytes(70_000),), daemon=True).start()
        deadline = time.monotonic() + 5
        while len(ours.recv(65_536, socket.MSG_PEEK)) < 65_536 and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(ours.recv(65_536, socket.MSG_PEEK)), len(ask(kata, made, 5)["long"])

    there, size = run(scenario).value
    assert size == there, (
        f"{there:,} bytes had come, one recv of 65,536 returns them all; in the answer were {size:,}."
    )


def test_end_of_file_counts_as_empty_words(run):
    def scenario(kata):
        made = pairs("gone", "finished", "late")
        made["gone"][1].close()
        made["finished"][1].shutdown(socket.SHUT_WR)
        speak(made, (1.0, "late", b"sorry"))
        return ask_and_go(kata, made, 5)

    outcome = run(scenario, limit=30)
    assert outcome.value is not None, (
        'One had closed, one had ended its sending side: each had "spoken", b"". The time-out was 5 s, and 4 s later'
        " first_words was still not back. At end-of-file a socket is readable for ever: ask it no more."
    )
    expected = {"gone": b"", "finished": b"", "late": b"sorry"}
    assert outcome.value == expected, differ(
        "One had closed, one had ended its sending side, one spoke after 1 s.",
        outcome.value,
        expected,
    )
    assert outcome.seconds == about(1.0, not_=5), (
        "The last one spoke after 1 s, the time-out was 5 s:"
    )
    assert outcome.cpu < 2 * IDLE, (
        f"While it waited for the last one it computed for {outcome.cpu:.2f} s: a socket at end-of-file is readable"
        " for ever, so whoever has spoken must not be asked again."
    )


def test_a_reset_counts_as_empty_words(run):
    def scenario(kata):
        made = pairs("reset", "fine")
        theirs = made["reset"][1]
        linger_not = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        theirs.close()
        made["fine"][1].sendall(b"fine")
        return ask_and_go(kata, made, 3)

    words, expected = run(scenario, limit=30).value, {"reset": b"", "fine": b"fine"}
    assert words is not None, (
        'One socket was reset by its other side, and so had "spoken", b"". The time-out was 3 s, and 4 s later'
        " first_words was still not back. A socket that was reset is readable for ever: ask it no more."
    )
    assert words == expected, differ(
        "One socket was reset by its other side, the other one spoke.", words, expected
    )


def test_the_list_that_it_was_given_stays_as_it_was(run):
    def scenario(kata):
        made = pairs("red", "green", "grey")
        for name in ("red", "green"):
            made[name][1].sendall(name.encode())
            arrived(made[name][0])
        given = [ours for ours, _ in made.values()]
        kata.first_words(given, 0.2)
        return [name for name, (ours, _) in made.items() if ours in given]

    left = run(scenario).value
    assert left == ["red", "green", "grey"], (
        f"Three sockets were given, two of them had spoken, and in the caller's list {len(left)} are left: {left}."
        " The list is the caller's; who is still silent goes into a collection of your own."
    )


def test_a_hundred_sockets(run):
    def scenario(kata):
        made = pairs(*range(100))
        for number, (_, theirs) in made.items():
            if number % 3:
                theirs.sendall(b"%d" % number)
        arrived(*(ours for number, (ours, _) in made.items() if number % 3))
        return ask(kata, made, 0.3)

    words = run(scenario).value
    spoken = {number: b"%d" % number for number in range(100) if number % 3}
    right = sum(words.get(number) == word for number, word in spoken.items())
    assert words == spoken, (
        f"Of 100 sockets {len(spoken)} had spoken and the others were silent; the answer has {len(words)},"
        f" {right} of them right."
    )


def test_while_nobody_speaks_it_sleeps(run):
    def scenario(kata):
        return ask(kata, pairs("red", "green", "blue"), 1.0)

    outcome = run(scenario)
    assert outcome.value == {}, "Nobody said anything."
    assert outcome.cpu < IDLE, (
        f"Nobody spoke for 1 s, and it computed for {outcome.cpu:.2f} s of it: it asks again and again, instead of"
        " letting the kernel wake it."
    )
    assert outcome.seconds == about(1.0, not_=0), "Nobody spoke, and the time-out was 1 s:"
    assert outcome.threads <= 1, (
        f"{outcome.threads} threads were seen: one thread is enough to wait for many sockets."
    )
