"""f4: a store that Redis clients take for Redis, in one thread on one selector.

The tests are steps: one command, the protocol's framing, the table of commands, time, transactions, many clients, and
in the end redis-py and redis-benchmark, which never heard of this kata. Commands mean what they mean in Redis 7.
"""

import contextlib
import importlib.util
import random
import re
import shutil
import subprocess
import threading
import time

import pytest

from dojo.about import CLOCK_TICK
from dojo.mechanism import waits_in
from dojo.resp import Error, Newcomer, Speaker, command
from dojo.suite import Failure
from tests.server_contract import COME_AND_GONE, IDLE, RECEIVE_BUFFER, SMALL_BUFFERS, letters

CLIENTS = 50
MIB = 1 << 20
ENDED = 3.0  # seconds in which a connection ends after a protocol error; a right server needs none
ALL_BYTES = bytes(range(256))
WEIRD = [b"", b"\r\n", b"$5\r\nhello\r\n", ALL_BYTES, b"\xff\xfe\x80", "Grüße".encode()]


ONE_OF_EACH = [
    *("ping", "echo a", "set n 1", "get n", "incr n", "incrby n 2", "append n 0", "exists n"),
    *("expire n 100", "ttl n", "mset a 1 b 2", "mget a b", "del a b", "lpush list b a"),
    *("rpush list c", "llen list", "lrange list 0 -1", "lpop list", "command", "config get save"),
    *("multi", "discard", "multi", "exec"),
]


@contextlib.contextmanager
def speaking(running, crowd, clients=1, **options):
    """So many connected speakers."""
    with crowd(running, clients, **options) as people:
        yield [Speaker(people, client) for client in people]


@pytest.fixture
def redis(server, crowd):
    """One speaker, which connects to a fresh server with its first word."""

    def connect():
        people = crowd(server(), clients=1)
        return Speaker(people, people[0])

    return Newcomer(connect)


def error(reply, prefix="ERR"):
    """Is it an error that begins with this word?"""
    return isinstance(reply, Error) and reply.split(" ")[0] == prefix


def same(heard, expected, sentence):
    assert heard == expected, f"{sentence}: expected {expected!r:.300}, got {heard!r:.300}"


def goes_on(redis, after):
    """The connection is as good as before."""
    try:
        reply = redis.ask("PING")
    except Failure as failure:
        raise Failure(
            f"The connection must go on after {after}. {failure}", stacks=failure.stacks
        ) from None
    same(reply, "PONG", f"PING, after {after}")


# -- one command, and how it is framed


def test_ping_is_answered_with_pong(redis):
    assert redis.ask("PING") == "PONG"


def test_echo_gives_back_what_was_said(redis):
    assert redis.ask("ECHO", "hello") == b"hello"


def test_what_was_set_can_be_got(redis):
    assert redis.ask("SET", "name", "Ada") == "OK"
    assert redis.ask("GET", "name") == b"Ada"
    assert redis.ask("GET", "nobody") is None, "a key that does not exist: nil, `$-1`"
    redis.ask("SET", "name", "Grace")
    same(redis.ask("GET", "name"), b"Grace", "set again")


def test_names_may_come_in_any_case(redis):
    assert redis.ask("set", "Key", "1") == "OK"
    assert redis.ask("GeT", "Key") == b"1"
    assert redis.ask("gEt", "key") is None, "keys are not the same in another case"
    for said in ONE_OF_EACH:
        reply = redis.ask(*said.split())
        assert not isinstance(reply, Error), f"{said}: names may come in any case, got {reply!r}"


def test_inline_commands_are_understood(redis):
    """A line without `*`, its words apart by blanks: what a person types."""
    assert redis.say(b"PING\r\n").reply() == "PONG"
    assert redis.say(b"set name Ada\r\n").reply() == "OK"
    assert redis.say(b"GET name\r\nPING\r\n").replies(2) == [b"Ada", "PONG"]
    same(redis.ask("GET", "name"), b"Ada", "an array on the same connection")
    same(redis.say(b"GET   name \r\n").reply(), b"Ada", "more blanks than one, and one at the end")


def test_keys_and_values_are_any_bytes(redis):
    for said in WEIRD:
        heard = redis.ask("ECHO", said)
        same(heard, said, f"ECHO of {said[:20]!r}: only the length tells where it ends")
        redis.ask("SET", b"key" + said, said)
    for said in WEIRD:
        same(redis.ask("GET", b"key" + said), said, f"the key {b'key' + said[:20]!r}")
    redis.ask("RPUSH", "list", *WEIRD)
    assert redis.ask("LRANGE", "list", 0, -1) == WEIRD


def test_an_empty_value_is_a_value(redis):
    """`b""` is false in Python, as None is; a key that holds it is there all the same."""
    redis.ask("SET", "empty", "")
    same(redis.ask("GET", "empty"), b"", "GET of an empty value")
    same(redis.ask("EXISTS", "empty"), 1, "EXISTS of an empty value")
    same(redis.ask("TTL", "empty"), -1, "TTL: it is there, and lives for ever")
    same(redis.ask("EXPIRE", "empty", 100), 1, "EXPIRE of an empty value")
    same(redis.ask("MGET", "empty", "nobody"), [b"", None], "MGET of an empty value and of no key")
    assert redis.ask("SET", "empty", "x", "NX") is None, "SET NX: the key is there"
    same(redis.ask("SET", "empty", "", "XX"), "OK", "SET XX: the key is there, and empty")
    reply = redis.ask("RPUSH", "empty", "x")
    assert error(reply, "WRONGTYPE"), f"RPUSH to an empty string: got {reply!r}"
    same(redis.ask("DEL", "empty"), 1, "DEL of an empty value")
    redis.ask("RPUSH", "list", "", "")
    same(redis.ask("LPOP", "list"), b"", "LPOP of an empty item")
    same(redis.ask("LLEN", "list"), 1, "LLEN, when one of two empty items was taken")


def test_commands_may_come_in_any_pieces(redis):
    said = command("SET", "a", "x\r\ny") + b"PING\r\n" + command("GET", "a") + command("PING")
    for n in range(len(said)):
        redis.say(said[n : n + 1])
        time.sleep(0.001)
    same(redis.replies(4), ["OK", "PONG", b"x\r\ny", "PONG"], "one byte at a time")
    for cut in range(1, len(said), 7):
        redis.say(said[:cut])
        time.sleep(0.005)
        redis.say(said[cut:])
        same(redis.replies(4), ["OK", "PONG", b"x\r\ny", "PONG"], f"cut after {cut} bytes")
    said = command("ECHO", "ab") + command("PING")  # whole commands, and parts of the next one
    for cut in range(1, len(said)):
        redis.say(said[:cut])
        time.sleep(0.003)
        redis.say(said[cut:])
        same(redis.replies(2), [b"ab", "PONG"], f"ECHO and PING, cut after {cut} bytes")


def test_commands_may_be_pipelined(redis):
    """Sent without waiting for replies, which come in the same order. A packet is no frame."""
    redis.say(b"".join(command("ECHO", n) for n in range(1000)))
    assert redis.replies(1000) == [b"%d" % n for n in range(1000)]


def test_a_pipeline_of_megabytes_is_answered_whole(redis):
    value = letters(1000)
    redis.say(b"".join(command("SET", f"key {n}", b"%d" % n + value) for n in range(4000)))
    heard = redis.replies(4000)
    assert heard == ["OK"] * 4000
    redis.say(b"".join(command("GET", f"key {n}") for n in range(4000)))
    heard = redis.replies(4000)
    wrong = [n for n in range(4000) if heard[n] != b"%d" % n + value]
    assert not wrong, f"{len(wrong)} of 4000 values are not what was set, the first is {wrong[0]}."


def test_a_value_may_be_big(redis):
    value = letters(4 * MIB)
    assert redis.ask("SET", "big", value) == "OK"
    heard = redis.ask("GET", "big")
    same(len(heard), len(value), "4 MiB, set and got")
    assert heard == value, "the same bytes"


# -- what is refused


def test_an_unknown_command_is_an_error_and_the_connection_stays(redis):
    for words in (("NONSENSE",), ("GETT", "a"), (b"\xff\xfe",), ("",), (b"NO\r\n+SUCH",)):
        reply = redis.ask(*words)
        assert error(reply), f"{words}: expected -ERR …, got {reply!r}"
        goes_on(redis, f"the unknown command {words}")


WRONG_NUMBERS = [
    *("PING a b", "ECHO", "ECHO a b", "GET", "GET a b", "SET", "SET a", "DEL", "EXISTS"),
    *("INCR", "INCR a b", "INCRBY a", "INCRBY a 1 2", "EXPIRE a", "EXPIRE a 1 2", "TTL", "TTL a b"),
    *("MGET", "MSET", "MSET a", "MSET a 1 b", "APPEND a", "APPEND a b c", "LPUSH a", "RPUSH a"),
    *("LPOP", "LPOP a 1 2", "LRANGE a 0", "LRANGE a 0 1 2", "LLEN", "LLEN a b"),
    *("CONFIG", "EXEC x", "DISCARD x"),
]
MISMATCHED = [
    *("GET list", "INCR list", "INCRBY list 2", "APPEND list x", "LPUSH text x", "RPUSH text x"),
    *("LPOP text", "LRANGE text 0 -1", "LLEN text"),
]


def test_a_wrong_number_of_arguments_is_an_error_and_the_connection_stays(redis):
    for said in WRONG_NUMBERS:
        reply = redis.ask(*said.split())
        assert error(reply), f"{said}: expected -ERR …, got {reply!r}"
        goes_on(redis, f"{said!r}, a wrong number of arguments")
    same(redis.ask("EXISTS", "a", "b"), 0, "a command that is refused changes nothing")
    reply = redis.ask("PING", "hello")  # the message is an option; who has it not, refuses it
    assert reply == b"hello" or error(reply), f"PING hello: {reply!r}"


def test_a_command_for_another_type_is_an_error_and_changes_nothing(redis):
    redis.ask("SET", "text", "1")
    redis.ask("RPUSH", "list", "a", "b")
    for said in MISMATCHED:
        reply = redis.ask(*said.split())
        assert error(reply, "WRONGTYPE"), f"{said}: expected -WRONGTYPE …, got {reply!r}"
    assert redis.ask("GET", "text") == b"1"
    assert redis.ask("LRANGE", "list", 0, -1) == [b"a", b"b"]


MISTAKES = {
    "a count that is no number": b"*x\r\n",
    "an argument that is no bulk string": b"*2\r\n$3\r\nGET\r\n:5\r\n",
    "a name that is no bulk string": b"*1\r\n+PING\r\n",
    "a length that is no number": b"*1\r\n$x\r\n",
    "a length that is missing": b"*2\r\n$3\r\nGET\r\n$\r\n",
    "a negative length": b"*2\r\n$3\r\nGET\r\n$-1\r\n",
    "a length over 512 MiB": b"*2\r\n$3\r\nGET\r\n$536870913\r\n",
    "a length of a petabyte": b"*2\r\n$3\r\nGET\r\n$1125899906842624\r\n",
}


def test_a_protocol_error_is_answered_and_the_connection_closed(server, crowd):
    """Nobody can tell any more where the next command begins."""
    with speaking(server(), crowd) as (other,):
        for mistake, said in MISTAKES.items():
            wrong = Speaker(other.crowd, other.crowd.join(1)[0])
            wrong.say(command("PING") + said + command("SET", "smuggled", "1"))
            same(wrong.reply(), "PONG", "what came before the mistake is answered")
            try:
                reply = wrong.reply()
            except Failure as failure:
                raise Failure(
                    f"{mistake[0].upper()}{mistake[1:]} is a protocol error, and must be answered. {failure}",
                    stacks=failure.stacks,
                ) from None
            assert isinstance(reply, Error), (
                f"{mistake}, {said!r}: expected an error, got {reply!r}"
            )
            assert reply, f"{mistake}: the error must say what is wrong, got `-` alone"
            ended = wrong.ended_within(ENDED)
            assert ended, f"{mistake}, {said!r}: answered, but not closed within {ENDED:g} s."
            same(other.ask("PING"), "PONG", "somebody else")
            smuggled = other.ask("EXISTS", "smuggled")
            assert not smuggled, (
                f"{mistake}, {said!r}: what came behind it was taken for a command and run. It may be a value's bytes."
            )


def test_what_came_before_a_protocol_error_is_answered_whole(server, crowd):
    """Close when all is sent, not when the mistake is found: a client may be slow to read."""
    running, value = server(**SMALL_BUFFERS), letters(4 * MIB)
    with speaking(running, crowd, 2, receive_buffer=RECEIVE_BUFFER) as (wrong, other):
        assert other.ask("SET", "big", value) == "OK"
        wrong.client.stop_reading()
        wrong.say(command("GET", "big") + b"*x\r\n")
        for _ in range(3):
            same(other.ask("PING"), "PONG", "somebody else")
        wrong.client.read_on()
        try:
            heard = wrong.reply(limit=30)
        except Failure as failure:
            raise Failure(
                "A client asked for 4 MiB, then made a protocol error. What it asked before is owed to it: send all of"
                f" that and the error, then close. {failure}",
                stacks=failure.stacks,
            ) from None
        same(len(heard), len(value), "GET of 4 MiB, and a protocol error behind it")
        reply = wrong.reply()
        assert isinstance(reply, Error), f"the protocol error behind it: got {reply!r}"
        ended = wrong.ended_within(ENDED)
        assert ended, f"All was sent; not closed within {ENDED:g} s."


def test_a_length_of_512_mib_is_no_mistake(server, crowd):
    """It need not be believed either: memory is for bytes that have come."""
    with speaking(server(), crowd, 2) as (big, other):
        big.say(b"*2\r\n$4\r\nECHO\r\n$536870912\r\n")
        assert other.ask("PING") == "PONG"
        ended = big.ended_within(0.3)
        heard = bytes(big.client.heard[:60])
        assert not ended and not heard, (
            f"$536870912 is 512 MiB, and not over it: expected the server to wait for the bytes, heard {heard!r}."
        )


HUGE = "9" * 400
NONSENSE = [
    *(
        ("INCRBY", "a", "x"),
        ("INCRBY", "a", "1.5"),
        ("EXPIRE", "text", "x"),
        ("EXPIRE", "text", ""),
    ),
    *(("SET", "a", "1", "EX", "x"), ("SET", "a", "1", "EX"), ("SET", "a", "1", "PX", "1.5")),
    *(("SET", "a", "1", "\xff"), ("SET", "a", "1", "2"), ("LRANGE", "list", "x", "y")),
    *(("LRANGE", "list", "0", "end"), ("LPOP", "list", "x")),
]
ENDLESS = [  # too much for 64 bits, not for Python: how it is answered is left open
    *(("INCRBY", "a", HUGE), ("EXPIRE", "text", HUGE), ("SET", "a", "1", "PX", HUGE)),
    ("LRANGE", "list", HUGE, HUGE),
]


def test_nonsense_in_an_argument_is_an_error_and_ends_nobody(server, crowd):
    with speaking(server(), crowd, 2) as (speaker, witness):
        for words in NONSENSE:
            witness.ask("SET", "text", "abc")
            witness.ask("DEL", "a", "list")
            witness.ask("RPUSH", "list", "a")
            reply, said = speaker.ask(*words), " ".join(words)
            assert isinstance(reply, Error), f"{said}: expected an error, got {reply!r}"
            same(witness.ask("PING"), "PONG", f"another client, after {said}")
            goes_on(speaker, said)
            same(witness.ask("EXISTS", "a"), 0, f"{said} is refused, so there is no key `a`")
            same(witness.ask("TTL", "text"), -1, f"the time to live of `text`, after {said}")
        for words in ENDLESS:
            witness.ask("SET", "text", "abc")
            witness.ask("DEL", "a", "list")
            speaker = Speaker(witness.crowd, witness.crowd.join(1)[0])
            speaker.say(command(*words))
            witness.crowd.pump(lambda c=speaker.client: c.heard or c.ended, 1)
            same(witness.ask("PING"), "PONG", f"another client, after {words[0]} … {HUGE[:8]}…")


def test_empty_commands_and_endless_ones_end_nobody(server, crowd):
    """Redis takes no notice of a line or an array with nothing in it."""
    with speaking(server(), crowd) as (witness,):
        for said in (b"\r\n", b" \r\n", b"*0\r\n", b"*-1\r\n", b"\0\xff\r\n", b"*%d\r\n" % 10**16):
            speaker = Speaker(witness.crowd, witness.crowd.join(1)[0])
            speaker.say(said)
            for _ in range(2):
                same(witness.ask("PING"), "PONG", f"another client, after {said!r}")
        speaker = Speaker(witness.crowd, witness.crowd.join(1)[0])
        speaker.say(b"\r\n" + command("PING"))
        same(speaker.reply(), "PONG", "an empty line, and then a PING")


# -- the table of commands


def test_del_and_exists_count_keys(redis):
    redis.ask("SET", "a", "1")
    redis.ask("RPUSH", "b", "1")
    assert redis.ask("EXISTS", "a") == 1
    assert redis.ask("EXISTS", "a", "b", "c") == 2
    same(redis.ask("EXISTS", "a", "c", "a"), 2, "a key that is asked for twice counts twice")
    same(redis.ask("DEL", "a", "b", "c", "a"), 2, "what is deleted once is gone")
    assert redis.ask("DEL", "a") == 0
    assert redis.ask("EXISTS", "a", "b") == 0
    assert redis.ask("GET", "a") is None


def test_incr_counts(redis):
    same(redis.ask("INCR", "n"), 1, "a missing key counts from 0")
    assert redis.ask("INCR", "n") == 2
    same(redis.ask("GET", "n"), b"2", "the value is a string")
    assert redis.ask("INCRBY", "n", 40) == 42
    assert redis.ask("INCRBY", "n", -50) == -8
    redis.ask("SET", "n", "10")
    assert redis.ask("INCR", "n") == 11
    redis.ask("SET", "n", "abc")
    reply = redis.ask("INCR", "n")
    assert isinstance(reply, Error), f"INCR of 'abc': expected an error, got {reply!r}"
    assert redis.ask("GET", "n") == b"abc"


def test_append_gives_the_new_length(redis):
    assert redis.ask("APPEND", "text", "hello") == 5
    assert redis.ask("APPEND", "text", b", \xff") == 8
    assert redis.ask("GET", "text") == b"hello, \xff"


def test_mset_and_mget_take_many_keys(redis):
    redis.ask("RPUSH", "list", "x")
    redis.ask("RPUSH", "c", "x")
    assert redis.ask("MSET", "a", "1", "b", "2", "c", "3", "a", "4") == "OK"
    heard = redis.ask("MGET", "c", "nobody", "a", "list", "b")
    same(heard, [b"3", None, b"4", None, b"2"], "what is no string is nil")


def test_set_nx_and_xx_ask_whether_the_key_is_there(redis):
    assert redis.ask("SET", "a", "1", "XX") is None, "XX: only if it is there"
    assert redis.ask("GET", "a") is None
    assert redis.ask("SET", "a", "2", "NX") == "OK"
    assert redis.ask("SET", "a", "3", "NX") is None, "NX: only if it is not there"
    assert redis.ask("GET", "a") == b"2"
    assert redis.ask("SET", "a", "4", "XX", "EX", "100") == "OK"
    assert redis.ask("SET", "a", "5", "EX", "1000", "NX") is None
    assert redis.ask("GET", "a") == b"4"
    assert 0 < redis.ask("TTL", "a") <= 100, "refused, so its time to live is the old one"
    redis.ask("RPUSH", "list", "x")
    same(redis.ask("SET", "list", "text"), "OK", "SET overwrites any type")
    assert redis.ask("GET", "list") == b"text"


def test_lists_grow_at_both_ends(redis):
    assert redis.ask("RPUSH", "list", "c", "d") == 2
    assert redis.ask("LPUSH", "list", "b", "a") == 4
    assert redis.ask("LRANGE", "list", 0, -1) == [b"a", b"b", b"c", b"d"]
    assert redis.ask("LLEN", "list") == 4
    assert redis.ask("LLEN", "nobody") == 0
    assert redis.ask("LPOP", "list") == b"a"
    assert redis.ask("LLEN", "list") == 3
    reply = redis.ask("LPOP", "list", 2)  # a count, since Redis 6.2; before, one argument too many
    assert reply == [b"b", b"c"] or error(reply), f"LPOP list 2: {reply!r}"


def test_lrange_counts_from_both_ends(redis):
    letters_ = [b"a", b"b", b"c", b"d", b"e"]
    redis.ask("RPUSH", "list", *letters_)
    for first, last, expected in (
        (0, 0, letters_[:1]),
        (1, 3, letters_[1:4]),
        (-2, -1, letters_[3:]),
        (0, -2, letters_[:4]),
        (-100, 1, letters_[:2]),
        (3, 100, letters_[3:]),
        (3, 1, []),
        (5, 10, []),
        (0, -6, []),
        (0, -100, []),
        (-100, -50, []),
    ):
        heard = redis.ask("LRANGE", "list", first, last)
        same(heard, expected, f"LRANGE list {first} {last} of a b c d e, both ends included")
    assert redis.ask("LRANGE", "nobody", 0, -1) == []


def test_a_list_that_gets_empty_is_gone(redis):
    redis.ask("RPUSH", "list", "a")
    redis.ask("EXPIRE", "list", 100)
    assert redis.ask("LPOP", "list") == b"a"
    assert redis.ask("LPOP", "list") is None
    same(redis.ask("EXISTS", "list"), 0, "an empty list is no key")
    assert redis.ask("TTL", "list") == -2
    same(redis.ask("APPEND", "list", "text"), 4, "so it may become a string")
    same(redis.ask("TTL", "list"), -1, "a new key lives for ever")
    redis.ask("RPUSH", "pair", "a", "b")
    if redis.ask("LPOP", "pair", 2) == [b"a", b"b"]:  # a count may be refused
        same(redis.ask("EXISTS", "pair"), 0, "a list emptied by LPOP pair 2 is no key, either")


def test_command_and_config_get_answer_arrays(redis):
    """Tools ask before they begin: what there is to tell is up to you."""
    assert isinstance(redis.ask("COMMAND"), list)
    reply = redis.ask("CONFIG", "GET", "save")
    assert isinstance(reply, list) and len(reply) % 2 == 0, f"names and values, got {reply!r}"


# -- time


def test_ttl_tells_how_long_a_key_lives(redis):
    redis.ask("SET", "a", "1")
    same(redis.ask("TTL", "nobody"), -2, "no such key")
    same(redis.ask("TTL", "a"), -1, "a key that lives for ever")
    assert redis.ask("EXPIRE", "nobody", 100) == 0
    assert redis.ask("EXPIRE", "a", 100) == 1
    redis.ask("SET", "b", "1", "EX", "100")
    redis.ask("SET", "c", "1", "PX", "100000")
    redis.ask("RPUSH", "d", "1")
    redis.ask("EXPIRE", "d", 100)
    for key in "abcd":
        assert 80 <= redis.ask("TTL", key) <= 100, f"{key} was given 100 seconds"
    assert redis.ask("EXPIRE", "b", 1000) == 1
    assert 900 <= redis.ask("TTL", "b") <= 1000, "EXPIRE again: the new time counts"
    redis.ask("SET", "e", "1", "PX", 100_000_000)
    left = redis.ask("TTL", "e")
    assert 99_980 <= left <= 100_000, (
        f"PX counts in milliseconds: 100000000 of them are 100000 s, TTL says {left}"
    )


def test_a_time_that_is_over_already_ends_the_key(redis):
    """No time left is not the same as no end."""
    for seconds in (0, -1):
        redis.ask("SET", "a", "1")
        same(redis.ask("EXPIRE", "a", seconds), 1, f"EXPIRE a {seconds}: the key was there")
        same(redis.ask("EXISTS", "a"), 0, f"EXPIRE a {seconds}: its time is over at once")
        for unit in ("EX", "PX"):
            redis.ask("DEL", "b")
            reply = redis.ask("SET", "b", "1", unit, seconds)  # Redis refuses it
            heard = redis.ask("GET", "b")
            assert heard is None, (
                f"SET b 1 {unit} {seconds}, answered with {reply!r}: b is still there."
            )


def test_a_new_value_lives_for_ever_a_changed_one_keeps_its_time(redis):
    for key in "abcd":
        redis.ask("SET", key, "1", "EX", "100")
    redis.ask("SET", "a", "2")
    same(redis.ask("TTL", "a"), -1, "SET without EX or PX: the old time to live is over")
    redis.ask("MSET", "b", "2")
    same(redis.ask("TTL", "b"), -1, "MSET does what SET does")
    redis.ask("INCR", "c")
    redis.ask("APPEND", "d", "x")
    assert 80 <= redis.ask("TTL", "c") <= 100, "INCR changes a value, and keeps its time to live"
    assert 80 <= redis.ask("TTL", "d") <= 100, "APPEND too"
    redis.ask("RPUSH", "list", "a", "b")
    redis.ask("EXPIRE", "list", 100)
    for said in ("RPUSH list c", "LPUSH list d", "LPOP list"):
        redis.ask(*said.split())
        left = redis.ask("TTL", "list")
        assert 80 <= left <= 100, f"after {said}: the list had 100 s to live, now TTL says {left}"
    redis.ask("DEL", "c")
    redis.ask("INCR", "c")
    same(redis.ask("TTL", "c"), -1, "deleted and made anew")


def test_a_key_is_gone_at_the_moment_its_time_is_over(redis):
    """Whoever asks after that must not see it, whether or not a timer has come by."""
    early, late = [], []
    for n in range(25):
        milliseconds = 15 + 2 * n
        asked = time.monotonic()
        redis.ask("SET", "key", "1", "PX", milliseconds)
        heard = redis.ask("GET", "key")
        # The server's clock may stand still for a tick, and so may ours, not at the same moments.
        if heard is None and time.monotonic() < asked + milliseconds / 1000 - 2 * CLOCK_TICK:
            early.append(milliseconds)
        time.sleep(milliseconds / 1000 + CLOCK_TICK)
        if redis.ask("GET", "key") is not None:
            late.append(milliseconds)
    assert not early, f"SET … PX {early[0]}: gone before its time was over."
    assert not late, (
        f"25 keys were set with PX and asked for {1000 * CLOCK_TICK:.0f} ms after their time was over: {len(late)} were"
        f" still there, the first had PX {late[0]}. Look at a key's time when somebody asks for it, not now and then."
    )


def test_no_command_sees_a_key_whose_time_is_over(redis):
    keys = [f"key{n}" for n in range(12)]
    for key in keys[:10]:
        redis.ask("SET", key, "7", "PX", 30)
    lists = [f"list{n}" for n in range(6)]
    for key in lists:
        redis.ask("RPUSH", key, "x")
        redis.ask("EXPIRE", key, 1)
    redis.ask("SET", "third", "7", "EX", 2)
    redis.ask("SET", "second", "7", "EX", 1)
    until = time.monotonic() + 1.05
    time.sleep(0.05)
    a, b, c, d, e, f, g, h, i, j = keys[:10]
    same(redis.ask("EXISTS", a), 0, "EXISTS")
    same(redis.ask("TTL", b), -2, "TTL")
    same(redis.ask("INCR", c), 1, "INCR begins anew")
    same(redis.ask("TTL", c), -1, "INCR makes a new key, which lives for ever")
    same(redis.ask("APPEND", d, "x"), 1, "APPEND begins anew")
    same(redis.ask("SET", e, "8", "NX"), "OK", "SET NX: it is not there")
    assert redis.ask("SET", f, "8", "XX") is None, "SET XX: it is not there"
    same(redis.ask("MGET", g, e), [None, b"8"], "MGET")
    same(redis.ask("DEL", h), 0, "DEL")
    same(redis.ask("EXPIRE", i, 100), 0, "EXPIRE does not wake the dead")
    same(redis.ask("RPUSH", j, "x"), 1, "RPUSH: it was a string, and is gone")
    time.sleep(max(0.0, until - time.monotonic()))
    assert redis.ask("GET", "second") is None, "EX 1, one second later"
    left = redis.ask("TTL", "third")
    assert left < 2, f"TTL tells what is left: with EX 2, one second later, it said {left}"
    a, b, c, d, e, f = lists
    same(redis.ask("LLEN", a), 0, "LLEN, a list whose time is over")
    same(redis.ask("LRANGE", b, 0, -1), [], "LRANGE")
    assert redis.ask("LPOP", c) is None, "LPOP"
    same(redis.ask("LPUSH", d, "y"), 1, "LPUSH begins anew")
    same(redis.ask("TTL", d), -1, "LPUSH makes a new key, which lives for ever")
    same(redis.ask("RPUSH", e, "y"), 1, "RPUSH begins anew")
    assert redis.ask("GET", f) is None, "GET: it was a list, and is gone"


# -- transactions


def test_between_multi_and_exec_nothing_happens(server, crowd):
    with speaking(server(), crowd, 2) as (one, other):
        assert one.ask("MULTI") == "OK"
        assert one.ask("SET", "a", "1") == "QUEUED"
        assert one.ask("INCR", "a") == "QUEUED"
        assert one.ask("GET", "a") == "QUEUED"
        assert other.ask("GET", "a") is None, "another client, before EXEC: nothing has happened"
        same(other.ask("SET", "b", "x"), "OK", "another client is in no transaction")
        assert one.ask("EXEC") == ["OK", 2, b"2"]
        assert other.ask("GET", "a") == b"2"
        same(one.ask("GET", "a"), b"2", "after EXEC commands run at once again")
        assert one.say(command("multi") + command("exec")).replies(2) == ["OK", []]


def test_a_transaction_within_a_transaction_is_refused(redis):
    redis.ask("SET", "a", "1")
    redis.ask("MULTI")
    redis.ask("INCR", "a")
    reply = redis.ask("MULTI")
    assert isinstance(reply, Error), f"MULTI after MULTI: expected an error, got {reply!r}"
    assert reply, "MULTI after MULTI: the error must say what is wrong, got `-` alone"
    same(redis.ask("INCR", "a"), "QUEUED", "the first transaction goes on")
    same(redis.ask("EXEC"), [2, 3], "and holds what was queued before and after")


def test_discard_forgets_the_queue(redis):
    redis.ask("SET", "a", "1")
    redis.ask("MULTI")
    redis.ask("SET", "a", "2")
    assert redis.ask("DISCARD") == "OK"
    assert redis.ask("GET", "a") == b"1"
    redis.ask("MULTI")
    redis.ask("INCR", "a")
    same(redis.ask("EXEC"), [2], "the next transaction begins with an empty queue")
    redis.ask("MULTI")
    redis.ask("NO_SUCH_COMMAND")
    assert redis.ask("DISCARD") == "OK"
    redis.ask("MULTI")
    redis.ask("INCR", "a")
    same(redis.ask("EXEC"), [3], "an error in a discarded transaction does not spoil the next one")


def test_exec_and_discard_need_a_multi(redis):
    for name in ("EXEC", "DISCARD"):
        reply = redis.ask(name)
        assert isinstance(reply, Error), f"{name} without MULTI: expected an error, got {reply!r}"
        assert reply, f"{name} without MULTI: the error must say what is wrong, got `-` alone"
    assert redis.ask("PING") == "PONG"


def test_an_error_within_exec_takes_its_place_and_the_rest_runs(redis):
    redis.ask("RPUSH", "list", "x")
    redis.ask("MULTI")
    redis.ask("SET", "a", "1")
    redis.ask("INCR", "list")
    redis.ask("INCR", "a")
    heard = redis.ask("EXEC")
    assert isinstance(heard, list) and len(heard) == 3, f"three replies, got {heard!r}"
    assert heard[::2] == ["OK", 2]
    assert error(heard[1], "WRONGTYPE"), f"INCR of a list: expected -WRONGTYPE …, got {heard[1]!r}"


def test_a_command_refused_within_multi_is_answered_and_the_connection_stays(redis):
    """Redis refuses it at once, and EXEC later; to tell it at EXEC only is accepted here."""
    for words in (("NONSENSE",), ("GET",), ("SET", "a")):
        redis.ask("MULTI")
        reply = redis.ask(*words)
        last = redis.ask("EXEC")
        if reply == "QUEUED":
            reply = last[-1] if isinstance(last, list) and last else last
        assert isinstance(reply, Error), f"{words} within MULTI: expected -ERR …, got {reply!r}"
        said_why = not isinstance(last, Error) or last
        assert said_why, f"EXEC after {words}: the error must say what is wrong, got `-` alone"
        same(redis.ask("PING"), "PONG", "after EXEC the transaction is over, whatever came of it")
        redis.ask("MULTI")
        redis.ask("SET", "b", "1")
        same(redis.ask("EXEC"), ["OK"], "the next transaction begins anew")


def test_what_a_client_has_begun_ends_with_it(server, crowd):
    """The next one may get the same descriptor, but neither a transaction nor half a command."""
    with speaking(server(), crowd) as (other,):
        for begun in (command("MULTI") + command("SET", "a", "1"), b"*2\r\n$3\r\nGET\r\n", b"PI"):
            for end in ("reset", "leave"):
                gone = Speaker(other.crowd, other.crowd.join(1)[0])
                gone.ask("PING")
                gone.say(begun)
                other.ask("PING")
                getattr(gone.client, end)()
                same(other.ask("EXISTS", "a"), 0, "what was queued, and its client has gone")
                newcomer = Speaker(other.crowd, other.crowd.join(1)[0])
                newcomer.say(command("PING"))
                same(
                    newcomer.reply(), "PONG", f"to a newcomer; one that has gone had said {begun!r}"
                )
                newcomer.client.leave()
                other.ask("PING")


def test_exec_is_atomic(server, crowd):
    """Eight clients push in transactions at the same time; nobody's items stand between another's."""
    size, rounds = 40, 12
    with speaking(server(), crowd, 9) as (*writers, reader):
        for turn in range(rounds):
            for n, writer in enumerate(writers):
                commands = [command("MULTI")]
                for _ in range(size):
                    commands.append(command("RPUSH", "log", f"{n}:{turn}"))
                    commands.append(command("INCR", "pushed"))
                writer.say(b"".join([*commands, command("EXEC")]))
            reader.say(command("GET", "pushed") * 20)
        for writer in writers:
            for _ in range(rounds):
                done = writer.replies(2 + 2 * size)[-1]
                assert isinstance(done, list) and len(done) == 2 * size, f"EXEC gave {done!r:.100}"
        seen = {int(value or 0) for value in reader.replies(20 * rounds)}
        log = reader.ask("LRANGE", "log", 0, -1)
    same(len(log), size * rounds * len(writers), "items in the list")
    mixed = [at for at in range(0, len(log), size) if len(set(log[at : at + size])) > 1]
    half = sorted(value for value in seen if value % size)
    assert not mixed, (
        f"Each transaction pushed {size} items with its client's number. Items {mixed[0]} to {mixed[0] + size} are of"
        f" {sorted(set(log[mixed[0] : mixed[0] + size]))}: others ran in the middle of an EXEC."
    )
    assert not half, (
        f"A counter grows by {size} per transaction; another client saw it at {half[0]}."
    )


# -- many clients


def test_fifty_clients_are_served_at_once_in_one_thread(server, crowd):
    running = server(clients=CLIENTS)
    with speaking(running, crowd, CLIENTS) as people:
        for turn in range(4):
            order = random.Random(turn).sample(range(CLIENTS), CLIENTS)
            for n in order:
                people[n].say(command("SET", f"key {n}", f"{turn} {n}") + command("INCR", "all"))
            assert [person.replies(2)[0] for person in people] == ["OK"] * CLIENTS
            for n in order:
                people[n].say(command("GET", f"key {(n + 1) % CLIENTS}"))
            heard = [person.reply() for person in people]
            assert heard == [f"{turn} {(n + 1) % CLIENTS}".encode() for n in range(CLIENTS)]
        assert people[0].ask("GET", "all") == b"%d" % (4 * CLIENTS)
        threads, offspring = running.child.threads(), running.child.offspring()
        same(threads, 1, f"With {CLIENTS} connected it has {threads} threads, expected 1.")
        assert not offspring, f"It has started {len(offspring)} other processes."
        place = waits_in(running.child)
        assert place in ("epoll", "poll", "select", None), (
            f"While idle it waits in {place}, not in a selector."
        )


def test_silence_and_half_a_command_hold_nobody_up(server, crowd):
    with speaking(server(), crowd, 8) as (*slow, other):
        halves = [b"", b"*", b"*2\r\n", b"*2\r\n$3\r\nGE", b"PIN", b"*1\r\n$4\r\nPING", b"*1\r\n$4"]
        for speaker, half in zip(slow, halves, strict=True):
            speaker.say(half)
        assert other.ask("PING") == "PONG"


def test_a_client_that_does_not_read_holds_nobody_up(server, crowd):
    running = server(**SMALL_BUFFERS)
    value = letters(4 * MIB)
    with speaking(running, crowd, 3, receive_buffer=RECEIVE_BUFFER) as (slow, gone, other):
        assert slow.ask("SET", "big", value) == "OK"
        for speaker in (slow, gone):
            speaker.client.stop_reading()
            speaker.say(command("GET", "big") + command("ECHO", "behind"))
        gone.client.finish()  # readable from now on, and there is nothing to read
        running.calm_down(limit=3, queue=slow.client.queued)
        same(other.ask("PING"), "PONG", "another client, while the first one does not read")
        running.calm_down(limit=2)
        used = running.cpu_in(1.0)
        assert used < IDLE, (
            f"Two clients do not read, one of them has ended its sending side, and nothing can be sent; yet the server"
            f" computed for {used:.2f} s in one second: it asks again and again instead of waiting until they read."
        )
        slow.client.read_on()
        heard = slow.reply(limit=30)
        assert len(heard) == len(value) and heard == value, "4 MiB, to a client that had stopped"
        same(slow.reply(), b"behind", "what was asked behind it")


def test_replies_keep_their_order_while_a_big_one_is_on_its_way(server, crowd):
    """What waits to be sent goes first, even if there is room in the socket just now."""
    running, value = server(**SMALL_BUFFERS), letters(4 * MIB)
    with speaking(running, crowd, receive_buffer=RECEIVE_BUFFER) as (speaker,):
        speaker.ask("SET", "big", value)
        speaker.say(command("GET", "big"))
        for n in range(100):
            speaker.crowd.pump(lambda n=n: len(speaker.client.heard) > n * 30_000, 1)
            speaker.say(command("ECHO", n))
        mixed = "Later replies were sent in the middle of the one to GET, before its rest was."
        try:
            heard = speaker.reply(limit=30)
        except Failure as failure:
            raise Failure(f"{mixed} {failure}", stacks=failure.stacks) from None
        assert heard == value, mixed
        same(speaker.replies(100), [b"%d" % n for n in range(100)], "ECHO 0 to 99, behind it")


def test_a_quiet_server_uses_next_to_no_cpu(server, crowd):
    running = server(clients=CLIENTS)
    with speaking(running, crowd, CLIENTS) as people:
        value = letters(4 * MIB)
        people[0].ask("SET", "big", value)
        assert len(people[0].ask("GET", "big")) == len(value)
        people[0].ask("SET", "soon", "1", "PX", "50")
        for person in people:
            assert person.ask("PING") == "PONG"
        running.calm_down(limit=2)
        used = running.cpu_in(1.0)
    assert used < IDLE, (
        f"Everybody was answered and nobody says anything, yet the server computed for {used:.2f} s in one second:"
        " something wakes it up again and again."
    )


def test_a_client_that_ends_its_sending_side_gets_its_replies(server, crowd):
    """As `printf 'PING\\r\\n' | nc` does."""
    with speaking(server(), crowd) as (speaker,):
        speaker.say(command("SET", "a", "1") + command("GET", "a"))
        speaker.client.finish()
        assert speaker.replies(2) == ["OK", b"1"]
        ended = speaker.ended_within(ENDED)
        assert ended, f"It had nothing more to say; not closed within {ENDED:g} s."


def test_clients_that_vanish_cost_nobody_else_anything(server, crowd):
    running = server(**SMALL_BUFFERS)
    value = letters(MIB)
    with speaking(running, crowd, 1, receive_buffer=RECEIVE_BUFFER) as (witness,):
        witness.ask("SET", "big", value)
        people = witness.crowd
        (first,) = people.join(1)
        Speaker(people, first).ask("PING")
        first.leave()
        running.calm_down()
        before = running.child.sockets()
        half = command("SET", "a", value)[:-100_000]
        for said in (b"", b"*2\r\n$3", half, command("PING"), command("GET", "big") * 8, b"*x\r\n"):
            for pause in (0, 0.03):
                for leave in ("reset", "leave"):
                    (gone,) = people.join(1)
                    gone.stop_reading()
                    gone.say(said)
                    people.pump(lambda: False, pause)
                    getattr(gone, leave)()
                reply = witness.ask("PING")
                same(reply, "PONG", f"after clients that said {said[:30]!r} and left")
        deadline = time.monotonic() + COME_AND_GONE
        while running.child.sockets() > before and time.monotonic() < deadline:
            time.sleep(0.02)
        after = running.child.sockets()
    assert after <= before, (
        f"{COME_AND_GONE:g} s after they had left, the server holds {after} sockets; it held {before} before they came."
    )


# -- the real world


@pytest.fixture
def redis_py():
    """The package, its name here different from the fixture above."""
    if importlib.util.find_spec("redis") is None:
        pytest.skip('needs redis-py: .venv/bin/python -m pip install "redis>=5.2,<9"')
    import redis

    return redis


@contextlib.contextmanager
def connected(redis_py, running):
    """redis-py's client of a server, with a pool of connections."""
    host, port = running.address
    client = redis_py.Redis(host=host, port=port, protocol=2, socket_timeout=10)
    try:
        yield client
    except redis_py.RedisError as problem:
        told = f"redis-py raised {type(problem).__name__}: {problem}"
        raise running.blame(told) from None
    finally:
        client.connection_pool.disconnect()


def test_redis_py_takes_it_for_redis(server, redis_py):
    with connected(redis_py, server()) as client:
        assert client.ping() is True
        assert client.set("name", "Ada") is True
        assert client.get("name") == b"Ada"
        assert client.set("name", "Grace", nx=True) is None
        assert client.set("soon", b"\xff\r\n", ex=100) is True
        assert 80 <= client.ttl("soon") <= 100
        assert client.ttl("nobody") == -2
        assert client.expire("name", 100) is True
        assert client.incr("n") == 1
        assert client.incrby("n", 41) == 42
        assert client.append("name", " L.") == 6
        assert client.mset({"a": 1, "b": 2}) is True
        assert client.mget("a", "nobody", "b") == [b"1", None, b"2"]
        assert client.rpush("list", "b", "c") == 2
        assert client.lpush("list", "a") == 3
        assert client.lrange("list", 0, -1) == [b"a", b"b", b"c"]
        assert client.lpop("list") == b"a"
        assert client.llen("list") == 2
        assert client.exists("list", "nobody") == 1
        assert client.delete("list", "nobody") == 1
        assert client.echo("hello") == b"hello"
        assert client.config_get("save") is not None
        with pytest.raises(redis_py.ResponseError):
            client.execute_command("NONSENSE")
        client.rpush("list", "x")
        with pytest.raises(redis_py.ResponseError, match="WRONGTYPE"):
            client.get("list")


def test_redis_py_pipelines_and_transactions_work(server, redis_py):
    with connected(redis_py, server()) as client:
        value = letters(1000)
        with client.pipeline(transaction=False) as pipeline:
            for n in range(3000):
                pipeline.set(f"key {n}", value)
            assert pipeline.execute() == [True] * 3000
        with client.pipeline(transaction=True) as pipeline:
            pipeline.set("n", 1).incr("n").rpush("list", "a", "b").lrange("list", 0, -1).get(
                "nobody"
            )
            assert pipeline.execute() == [True, 2, 2, [b"a", b"b"], None]
            pipeline.set("n", 5).lpush("n", "x").incr("n")
            heard = pipeline.execute(raise_on_error=False)
        assert heard[0] is True and heard[2] == 6
        assert isinstance(heard[1], redis_py.ResponseError), f"LPUSH to a string: got {heard[1]!r}"


def test_redis_py_connection_pool_serves_many_threads(server, redis_py):
    with connected(redis_py, server()) as client:
        failures = []

        def count():
            try:
                for _ in range(50):
                    client.incr("n")
                    with client.pipeline() as pipeline:
                        pipeline.incr("m").incr("m").execute()
            except Exception as problem:
                failures.append(problem)

        threads = [threading.Thread(target=count) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not failures, f"one of 8 threads met {failures[0]!r}"
        assert (client.get("n"), client.get("m")) == (b"400", b"800")


def test_redis_benchmark_runs(server, crowd):
    program = shutil.which("redis-benchmark")
    if program is None:
        pytest.skip("needs redis-benchmark: sudo apt install redis-tools")
    running = server()
    with crowd(running, clients=1) as people:  # a server that is gone keeps redis-benchmark busy
        people[0].say(b"PING\r\n")
        assert people[0].hear(7) == b"+PONG\r\n"
    host, port = running.address
    tests = "ping,set,get,incr,lpush,lpop"
    for extra in ([], ["-P", "16"]):
        line = [program, "-h", host, "-p", str(port), "-t", tests, "-n", "2000", "-c", "50", "-q"]
        try:
            done = subprocess.run([*line, *extra], capture_output=True, text=True, timeout=40)
        except subprocess.TimeoutExpired as late:
            told = (late.stdout or b"").decode("utf-8", "replace")[-200:]
            raise running.blame(
                f"redis-benchmark did not end within 40 s. It said: {told}"
            ) from None
        running.check()
        said = (done.stdout + done.stderr).replace("\r", "\n")
        measured = set(re.findall(r"^(\w+): [\d.]+ requests per second", said, re.M))
        missing = {"PING_INLINE", "SET", "GET", "INCR", "LPUSH", "LPOP"} - measured
        assert done.returncode == 0 and not missing, (
            f"redis-benchmark {' '.join(extra)} did not measure {', '.join(sorted(missing))}: {said[-300:]}"
        )
        assert "rror from server" not in said, f"redis-benchmark was refused: {said[-300:]}"
