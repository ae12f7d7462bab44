"""a2: a producer and a consumer take turns, an item at a time, in one thread."""

import inspect
import itertools

import pytest

from dojo.suite import caught, raised, step


def test_the_consumer_handles_what_is_sent_to_it(run):
    def scenario(kata):
        log = []
        consumer = kata.consumer(log)
        next(consumer)
        consumer.send("a")
        consumer.send("b")
        return list(log)

    assert run(scenario).value == [("handled", "a"), ("handled", "b")]


def test_priming_handles_nothing(run):
    def scenario(kata):
        log = []
        consumer = kata.consumer(log)
        next(consumer)
        return list(log)

    log = run(scenario).value
    assert log == [], f"next(consumer) only runs it to its first yield, but the log holds {log}."


def test_closing_cleans_up(run):
    def scenario(kata):
        log = []
        consumer = kata.consumer(log)
        next(consumer)
        consumer.send("a")
        consumer.close()
        return log

    assert run(scenario).value == [("handled", "a"), ("closed",)]


@pytest.mark.trace
def test_handled_and_sent_alternate(run):
    def scenario(kata):
        class Log(list):
            def append(self, entry):
                step("producer" if entry[0] == "sent" else "consumer", " ".join(map(str, entry)))
                super().append(entry)

        log = Log()
        kata.producer([0, 1, 2], log)
        return list(log)

    assert run(scenario).value == [
        ("handled", 0),
        ("sent", 0),
        ("handled", 1),
        ("sent", 1),
        ("handled", 2),
        ("sent", 2),
        ("closed",),
    ]


def test_none_is_an_item_like_any_other(run):
    def scenario(kata):
        log = []
        kata.producer([None, "", 0], log)
        return [entry for entry in log if entry[0] == "handled"]

    assert run(scenario).value == [("handled", None), ("handled", ""), ("handled", 0)]


def test_each_call_sends_its_items_to_a_consumer_of_its_own(run):
    def scenario(kata):
        received = []

        def consumer(log):  # stands in for the kata's own, and tells what was sent to it
            run = []
            received.append(run)
            while True:
                run.append((yield))

        kata.consumer = consumer
        kata.producer("ab", [])
        kata.producer("c", [])
        return received

    received = run(scenario).value
    assert received == [["a", "b"], ["c"]], (
        "producer was called with the items a and b, then again with c. Each call makes one consumer with consumer(log)"
        f" and sends it its items; the consumers that were made received {received}."
    )


def test_no_items_only_a_clean_up(run):
    def scenario(kata):
        log = []
        kata.producer([], log)
        return log

    assert run(scenario).value == [("closed",)]


def test_nothing_is_taken_from_the_source_ahead_of_time(run):
    def scenario(kata):
        log = []

        def endless():
            for number in itertools.count():
                log.append(("taken", number))
                if number == 3:
                    raise KeyError("enough")
                yield number

        caught(kata.producer, endless(), log)
        return [entry for entry in log if entry[0] != "closed"]

    expected = [(did, n) for n in range(3) for did in ("taken", "handled", "sent")] + [("taken", 3)]
    log = run(scenario).value
    assert log == expected, "The next item is taken only when the one before was handled and sent."


def test_a_million_items_leave_no_trace_in_memory(run):
    def scenario(kata):
        class Item:
            alive = most = 0

            def __init__(self):
                Item.alive += 1
                Item.most = max(Item.most, Item.alive)

            def __del__(self):
                Item.alive -= 1

        class Counter:
            entries = 0

            def append(self, entry):
                self.entries += 1

        log = Counter()
        kata.producer((Item() for _ in range(1_000_000)), log)
        return log.entries, Item.most

    entries, most = run(scenario, limit=60).value
    assert entries == 2_000_001, f"The log was told {entries:,} things, expected 2,000,001."
    assert most < 100, f"{most:,} items were alive at the same time: something keeps them."


def test_the_consumer_is_closed_at_the_end(run):
    def scenario(kata):
        log, kept, make = [], [], kata.consumer

        def consumer(log):  # holds on to the generator: nobody else's clean-up can close it
            kept.append(make(log))
            return kept[-1]

        kata.consumer = consumer
        kata.producer(["a"], log)
        return [inspect.getgeneratorstate(generator) for generator in kept], log

    states, log = run(scenario).value
    assert len(states) == 1, (
        f"producer made {len(states)} consumers with consumer(log), expected 1."
    )
    assert states == ["GEN_CLOSED"], "producer has returned, and its consumer still waits for more."
    assert log[-1] == ("closed",), f"the last entry of the log is {log[-1]}."


def fed_by_a_source_that_fails(kata, failure):
    """What came out of producer, its consumers' states and the log, when the source raises half-way."""
    log, kept, make = [], [], kata.consumer

    def consumer(log):
        kept.append(make(log))
        return kept[-1]

    def source():
        yield "a"
        raise failure("the source broke")

    kata.consumer = consumer
    try:
        came_out = kata.producer(source(), log)
    except failure as error:
        came_out = error
    return came_out, [inspect.getgeneratorstate(generator) for generator in kept], log


def test_the_consumer_is_closed_when_the_source_fails(run):
    error, states, log = run(lambda kata: fed_by_a_source_that_fails(kata, OSError)).value
    assert error == raised(OSError, "the source broke"), (
        f"The source raised OSError; out of producer came {error!r}."
    )
    assert states == ["GEN_CLOSED"], "The source failed half-way, and the consumer was left open."
    assert log == [("handled", "a"), ("sent", "a"), ("closed",)]


def test_the_consumer_is_closed_when_ctrl_c_interrupts_the_source(run):
    """KeyboardInterrupt is no Exception, only a BaseException."""
    error, states, _ = run(lambda kata: fed_by_a_source_that_fails(kata, KeyboardInterrupt)).value
    assert error == raised(KeyboardInterrupt), (
        f"Ctrl-C was pressed while an item was taken; out of producer came {error!r}."
    )
    assert states == ["GEN_CLOSED"], (
        "Ctrl-C was pressed while an item was taken, and the consumer was left open: whichever way the producer is"
        " left, it closes its consumer."
    )
