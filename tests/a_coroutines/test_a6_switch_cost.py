"""a6: what a switch costs, between two generators and between two threads."""

import pytest

from dojo.suite import step, watch_timed_waits

BOTH = pytest.mark.parametrize(
    "play",
    [
        pytest.param(lambda kata, *args: kata.ping_pong_generators(*args), id="generators"),
        pytest.param(lambda kata, *args: kata.ping_pong_threads(*args), id="threads"),
    ],
)


@pytest.mark.trace
@BOTH
def test_ping_and_pong_take_strict_turns(run, play):
    def scenario(kata):
        hits, once = [], []
        play(kata, 20, hits.append)
        play(kata, 1, once.append)
        for hit in hits:
            step(hit, hit)
        return hits, once

    hits, once = run(scenario).value
    assert hits == ["ping", "pong"] * 20
    assert once == ["ping", "pong"], f"One round is one ping and one pong, not {once}."


def test_two_generators_play(run):
    def scenario(kata):
        """How many generators made every ping, how many every pong, and whether these are two."""
        import sys

        CO_GENERATOR = 0x20
        callers = {"ping": [], "pong": []}

        def hit(word):
            frame, generators = sys._getframe(1), []
            while frame is not None:
                if frame.f_code.co_flags & CO_GENERATOR:
                    generators.append(frame)
                frame = frame.f_back
            callers[word].append(generators)

        kata.ping_pong_generators(5, hit)
        always = {
            word: [frame for frame in of[0] if all(frame in others for others in of)]
            for word, of in callers.items()
        }
        pairs = [(a, b) for a in always["ping"] for b in always["pong"] if a is not b]
        return len(always["ping"]), len(always["pong"]), bool(pairs)

    ping, pong, two = run(scenario).value
    for word, count in (("ping", ping), ("pong", pong)):
        assert count, (
            f'hit("{word}") was not called from a generator that lives for the whole game: the loop belongs'
            " inside the generator, and a yield after each hit."
        )
    assert two, "One generator plays both sides: nothing is switched between them."


def test_two_threads_play(run):
    def scenario(kata):
        from threading import current_thread

        players = {"ping": [], "pong": []}

        def hit(word):
            if current_thread() not in players[word]:
                players[word].append(current_thread())

        kata.ping_pong_threads(20, hit)
        return {word: len(of) for word, of in players.items()}, (players["ping"] == players["pong"])

    players, same = run(scenario).value
    for word, count in players.items():
        assert count == 1, (
            f'In 20 rounds hit("{word}") was called by {count} threads: one thread plays one side.'
        )
    assert not same, "One thread plays both sides: the system has nothing to switch."


def assert_time_per_hit(run, play, rounds):
    """The whole game, in seconds, divided by the number of hits."""

    def scenario(kata):
        from time import sleep

        from dojo.inside.stage import perf_counter

        inside = []

        def hit(word):
            began = perf_counter()
            sleep(0.1 / rounds)
            inside.append(perf_counter() - began)

        began = perf_counter()
        result = play(kata, rounds, hit)
        whole = perf_counter() - began
        hits = 2 * rounds
        return result, len(inside), sum(inside) / hits * 1000, whole / hits * 1000

    result, made, inside, whole = run(scenario).value
    hits = 2 * rounds
    assert made == hits, (
        f"{rounds} rounds are {hits} hits; at the return {made} of them had been made: wait for both players."
    )
    assert isinstance(result, float), f"The result is {result!r}, and no float."
    told = (
        f"Each of {hits} hits took {inside:.1f} ms, and the whole game {whole:.1f} ms per hit."
        f" The result says {result * 1000:.4g} ms"
    )
    assert result * 1000 >= 0.75 * inside, (
        f"{told}: not all of the game was timed, or not by a clock that goes on while a thread waits, or it was divided"
        " by more than the number of hits."
    )
    assert result * 1000 <= 1.4 * whole, (
        f"{told}: it is to be the time of the whole game in seconds, divided by the number of hits, 2 * rounds."
    )


@BOTH
def test_the_result_is_the_time_per_hit(run, play):
    assert_time_per_hit(run, play, rounds=20)


@BOTH
def test_the_result_of_a_single_round_is_the_time_per_hit(run, play):
    assert_time_per_hit(run, play, rounds=1)


def test_nobody_sleeps_or_waits_with_a_time_out(run):
    def scenario(kata):
        kata.ping_pong_generators(20, [].append)
        kata.ping_pong_threads(20, [].append)

    calls = run(scenario, before=[watch_timed_waits], limit=30).calls
    waits = ", ".join(f"{name} {count} times" for name, count in calls.items() if count)
    assert not waits, (
        f"In 20 rounds of both games, sleeps and waits with a time-out: {waits}."
        " Wait for the other player and for nothing else: any other pause makes a switch look slower than it is."
    )


def test_generators_are_at_least_five_times_cheaper(run):
    def scenario(kata):
        rounds = []
        for _ in range(3):
            ball = []
            generators = kata.ping_pong_generators(10_000, ball.append)
            threads = kata.ping_pong_threads(50, ball.append)
            rounds.append((generators, threads, ball == ["ping", "pong"] * 10_050))
        return rounds

    rounds = run(scenario, limit=60).value
    assert all(turns for *_, turns in rounds), (
        "While it was timed, the hits were not in strict turn."
    )
    generators, threads = (min(column) for column in list(zip(*rounds, strict=True))[:2])
    assert threads >= 5 * generators, (
        f"A switch between generators costs {generators * 1e6:.2f} µs, between threads {threads * 1e6:.2f} µs:"
        f" {threads / generators:.1f} times as much, at least 5 times was expected. Is anything done between"
        " the hits of the generators beside switching?"
    )
