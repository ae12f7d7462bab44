"""The race of `tox -e bench`: the rivals are servers, and a slow or fat reference misses its targets."""

import pytest

from dojo import bench, race
from dojo.failures import Failure
from dojo.race import Callers, Racer, Score, memory, references, rivals, speed, table

SLOW = """
import hashlib, threading

def serve(listener):
    kept = []
    while True:
        client, _ = listener.accept()
        threading.Thread(target=talk, args=(client, kept), daemon=True).start()

def talk(client, kept):
    kept.append(bytearray(b"x" * 100_000))
    while data := client.recv(65536):
        hashlib.pbkdf2_hmac("sha256", data, b"salt", 1000)
        client.sendall(data.upper())
"""


@pytest.fixture
def racer(tmp_path):
    """racer(source): a server as a reference of that name."""

    def make(source: str, name: str = "slow") -> Racer:
        file = tmp_path / f"{name}.py"
        file.write_text(source, encoding="utf-8")
        return Racer(name, name, file)

    return make


@pytest.fixture
def short(monkeypatch):
    for name, value in {
        "CLIENTS": 5,
        "TURNS": 5,
        "ROUNDS": 2,
        "MOST": 2,
        "IDLE": 50,
        "WARM": 5,
    }.items():
        monkeypatch.setattr(race, name, value)


def the(name: str) -> Racer:
    found = next(one for one in [*references(), *rivals()] if one.name == name)
    if reason := found.missing():
        pytest.skip(reason)
    return found


@pytest.mark.parametrize("name", ["d6", "gevent", "asyncio", "uvloop", "C"])
def test_everybody_in_the_race_answers_in_upper_case(name):
    process, address = the(name).start(10)
    callers = Callers(address, 3)
    try:
        callers.talk(1)
        callers.talk(10)
        assert process.cpu_seconds() > 0
        assert process.memory() > 1000
    finally:
        callers.leave()
        process.end()


def test_a_wrong_answer_ends_the_race(racer, short):
    wrong = racer(SLOW.replace("data.upper()", "data"))
    with pytest.raises(Failure, match="was answered with"):
        speed([wrong], {})


def test_an_answer_may_come_in_pieces(racer, short):
    pieces = racer(
        SLOW.replace(
            "        client.sendall(data.upper())",
            "        client.setsockopt(6, 1, 1)\n"
            "        for byte in data.upper():\n            client.sendall(bytes([byte]))",
        )
    )
    assert speed([pieces], {}).typical("slow") > 0


def test_a_ratio_is_taken_within_a_round():
    score = Score("µs")
    for quiet_or_noisy in (1, 10, 1):
        score.note({"d6": 2.0 * quiet_or_noisy, "gevent": 4.0 * quiet_or_noisy})
    assert score.ratio("d6", "gevent") == 0.5
    assert score.typical("gevent") == 4.0
    assert score.missed({"d6": {"gevent": 0.5}}) == []
    assert score.missed({"d6": {"gevent": 0.49}}) == [("d6", "gevent")]
    assert score.missed({"d6": {"C": 0.49}}) == [], "who is not here sets no target"


def test_a_slow_server_misses_its_targets_and_the_table_says_so(racer, short):
    racers = [racer(SLOW), the("d6")]
    targets = {"slow": {"d6": 1.0}}
    score = speed(racers, targets)
    assert score.missed(targets) == [("slow", "d6")]
    assert "MISSED: > 1.00" in table(score, racers, targets)[1]


def test_a_fat_server_misses_its_target(racer, short):
    score = memory([racer(SLOW), the("d6")])
    assert score.typical("slow") > 50_000 > 10_000 > score.typical("d6")
    assert score.missed({"slow": {"d6": 0.1}}) == [("slow", "d6")]


def test_who_cannot_run_here_says_why(monkeypatch):
    monkeypatch.setattr(race, "compiler", lambda: None)
    monkeypatch.setattr(race.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(race.sys, "platform", "linux")
    monkeypatch.setattr(race, "FINE_CLOCK", True)
    reasons = {one.name: one.missing() for one in rivals()}
    assert reasons["C"] == "no C compiler was found (cc, gcc, clang)"
    assert reasons["uvloop"] == "uvloop is not installed here"
    assert not reasons["gevent"] and not reasons["asyncio"]
    lines = table(Score("µs"), [one for one in rivals() if one.missing()], {})
    assert "no C compiler was found" in lines[-1]


@pytest.mark.parametrize(("met", "code"), [(True, 0), (False, 1)])
def test_a_missed_target_is_the_exit_code(monkeypatch, met, code):
    monkeypatch.setattr(race, "main", lambda: met)
    monkeypatch.setattr("sys.argv", ["bench", "servers"])
    assert bench.main() == code
