"""b2: an ordinary function hands out values from any depth of its calls, and an iterator gives them one by one."""

import gc
import itertools
import weakref
from _thread import get_ident

import pytest

from dojo.suite import caught, raised, step

MANY = 20_000  # more than any iterator here has values: one that never ends is cut off


def count(emit, first, last):
    for number in range(first, last):
        emit(number)


def test_values_come_in_the_order_in_which_they_are_emitted(run):
    values = run(lambda kata: list(itertools.islice(kata.iterate(count, 1, 4), MANY))).value
    assert values == [1, 2, 3]


def test_nothing_emitted_nothing_iterated(run):
    values = run(
        lambda kata: list(itertools.islice(kata.iterate(lambda emit: None), MANY)), limit=5
    ).value
    assert values == [], f"A function that never calls emit gave these values: {values}."


def test_it_is_an_iterator(run):
    def scenario(kata):
        iterator = kata.iterate(count, 0, 3)
        if not hasattr(iterator, "__next__"):
            return f"{type(iterator).__name__} has no __next__: next() does not work on it."
        if iter(iterator) is not iterator:
            return "iter(iterator) is another object: a second loop would start anew."
        return [next(iterator), *itertools.islice(iterator, MANY)]

    values = run(scenario).value
    assert isinstance(values, list), values
    assert values == [0, 1, 2], "next() once, then a loop over the rest"


def test_a_helper_deep_in_its_calls_may_emit(run):
    def scenario(kata):
        def dive(emit, depth):
            if depth:
                dive(emit, depth - 1)
            else:
                emit("from the bottom")
            emit(depth)

        return list(itertools.islice(kata.iterate(dive, 3), MANY))

    assert run(scenario).value == ["from the bottom", 0, 1, 2, 3], (
        "The function calls itself three deep, emits at the bottom, and once more on each level on the way back."
    )


def test_a_recursion_over_a_tree_of_ten_thousand_nodes_works(run):
    def scenario(kata):
        def grow(keys):
            if not keys:
                return None
            middle = len(keys) // 2
            return grow(keys[:middle]), keys[middle], grow(keys[middle + 1 :])

        def walk(emit, tree):
            if tree:
                left, key, right = tree
                walk(emit, left)
                emit(key)
                walk(emit, right)

        return list(itertools.islice(kata.iterate(walk, grow(range(10_000))), MANY))

    keys = run(scenario).value
    assert len(keys) == 10_000, f"A tree of 10,000 nodes gave {len(keys):,} values."
    assert keys == list(range(10_000))


def test_any_value_may_be_emitted(run):
    def scenario(kata):
        class EqualToEverything:
            __hash__ = None

            def __eq__(self, other):
                return True

            def __repr__(self):
                return "an object that == everything"

        values = [None, False, 0, "", (), (1, 2), [], {}, EqualToEverything(), None]
        values += [StopIteration("a value, not raised"), StopIteration, ..., {"a": 1}, "the last"]

        def hand_out(emit):
            for value in values:
                emit(value)

        got = itertools.islice(kata.iterate(hand_out), 2 * len(values))
        same = [
            repr(b) if a is b else f"something else: {b!r}"
            for a, b in zip([*values, *values], got)  # noqa: B905  (too few, or too many, is the finding)
        ]
        return [repr(value) for value in values], same

    emitted, came_out = run(scenario).value
    assert came_out == emitted, "Each value that was emitted comes out, as the same object."


def test_what_the_function_returns_is_no_value(run):
    def scenario(kata):
        def function(emit):
            emit("emitted")
            return "returned"

        return list(itertools.islice(kata.iterate(function), MANY))

    values = run(scenario).value
    assert values == ["emitted"], (
        f"The function emits once, then returns a string. Its values were {values}, but what it returns is none."
    )


@pytest.mark.trace
def test_the_function_runs_only_when_a_value_is_asked_for(run):
    def scenario(kata):
        log = []

        def note(who, text):
            step(who, text)
            log.append(text)

        def squares(emit):
            for number in range(1, 4):
                note("function", f"makes {number * number}")
                emit(number * number)

        iterator = kata.iterate(squares)
        for _ in range(3):
            note("consumer", "asks")
            note("consumer", f"has {next(iterator)}")
        return log

    assert run(scenario).value == [
        *("asks", "makes 1", "has 1"),
        *("asks", "makes 4", "has 4"),
        *("asks", "makes 9", "has 9"),
    ], "A value is made when it is asked for, not before and not again."


def test_a_function_that_never_ends_is_no_problem(run):
    def scenario(kata):
        def naturals(emit):
            for number in itertools.count():
                if number == 100_000:  # nobody asks for so many: it would run for ever
                    raise RuntimeError("the function ran on and on, though only five were taken")
                emit(number)

        return list(itertools.islice(kata.iterate(naturals), 5))

    assert run(scenario).value == [0, 1, 2, 3, 4]


def test_two_iterators_take_turns(run):
    def scenario(kata):
        one, other = kata.iterate(count, 0, 3), kata.iterate(count, 10, 13)
        asked = [one, other, other, one, one, other, one, other]
        return [next(iterator, "end") for iterator in asked]

    assert run(scenario).value == [0, 10, 11, 1, 2, 12, "end", "end"], (
        "Two iterators over the same function, from 0 to 2 and from 10 to 12, asked in the order one, other, other,"
        " one, one, other, one, other."
    )


def test_a_function_may_use_an_iterator_of_its_own(run):
    def scenario(kata):
        def tens(emit, first, last):
            for number in kata.iterate(count, first, last):
                emit(number * 10)

        return list(itertools.islice(kata.iterate(tens, 1, 4), MANY))

    values = run(scenario).value
    assert values == [10, 20, 30], (
        "A function iterates over another function's values, and emits each of them times ten."
    )


def test_exhausted_stays_exhausted(run):
    def scenario(kata):
        iterator = kata.iterate(count, 0, 1)
        return [next(iterator, "end") for _ in range(4)]

    answers = run(scenario).value
    assert answers == [0, "end", "end", "end"], (
        "One value, then the end, however often one asks again."
    )


def test_an_exception_comes_out_of_next(run):
    def scenario(kata):
        def fail(emit, error):
            emit("before")
            raise error

        boom = ValueError("boom")
        iterator = kata.iterate(fail, boom)
        answers = []
        answers.append(next(iterator))
        error = caught(lambda: answers.append(next(iterator)))
        return answers, error, error is boom

    answers, error, same = run(scenario).value
    assert error == raised(ValueError, "boom"), (
        "The function emits once and then raises ValueError('boom'). The second next()"
        + (f" raised {error!r}." if error else f" gave the value {answers[-1]!r}.")
    )
    assert answers == ["before"]
    assert same, "Another ValueError came out of next() than the one that the function had raised."


def test_whoever_asks_gets_the_answer(run):
    """Not whoever made the iterator, nor whoever asked before."""

    def scenario(kata):
        from greenlet import greenlet

        def function(emit):
            count(emit, 0, 2)
            raise ValueError("boom")

        iterator, log = kata.iterate(function), []

        def ask(name):
            log.append((name, "asks"))
            try:
                log.append((name, next(iterator)))
            except ValueError:
                log.append((name, "an exception"))

        for name in ("one", "two", "three"):
            greenlet(ask).switch(name)
        log.append(("the caller", next(iterator, "end")))
        return log

    assert run(scenario).value == [
        *(("one", "asks"), ("one", 0), ("two", "asks"), ("two", 1)),
        *(("three", "asks"), ("three", "an exception"), ("the caller", "end")),
    ], (
        "Three greenlets in turn ask the same iterator, and at the end the caller does. Each of them gets what it asked"
        " for: a value, the function's exception, or the end."
    )


def test_after_an_exception_there_are_no_more_values(run):
    def scenario(kata):
        def fail(emit):
            raise ValueError("boom")

        iterator = kata.iterate(fail)
        caught(next, iterator)
        values = []
        caught(lambda: values.append(next(iterator)))
        return values

    values = run(scenario).value
    assert values == [], (
        f"The function had ended with an exception, and the next next() gave the value {values}."
    )


def test_an_abandoned_iterator_is_unwound(run):
    def scenario(kata):
        log = []

        def inner(emit):
            try:
                emit(1)
                emit(2)
            finally:
                log.append("finally of the inner function")

        def outer(emit):
            try:
                inner(emit)
            finally:
                log.append("finally of the outer function")

        iterator = kata.iterate(outer)
        next(iterator)
        log.append("last reference dropped")
        del iterator
        gc.collect()
        log.append("garbage collected")
        return log

    assert run(scenario).value == [
        "last reference dropped",
        "finally of the inner function",
        "finally of the outer function",
        "garbage collected",
    ], (
        "One value was taken, then the iterator was dropped. The function that waits in emit has to be ended there."
        " If nothing ended it: who still refers to it? The emit that it waits in, perhaps?"
    )


def test_a_function_that_catches_every_exception_is_unwound_too(run):
    def scenario(kata):
        log = []

        def careful(emit):
            try:
                for number in range(3):
                    try:
                        emit(number)
                    except Exception as error:
                        log.append(f"caught {type(error).__name__}, going on")
            finally:
                log.append("unwound")

        iterator = kata.iterate(careful)
        next(iterator)
        del iterator
        gc.collect()
        return log

    log = run(scenario).value
    assert log == ["unwound"], (
        "The function has an `except Exception` around its emit, meant for failures. Being abandoned is none:"
        " what ends it must pass through."
    )


def test_an_iterator_abandoned_before_its_first_next_leaves_nothing(run):
    def scenario(kata):
        class Thing:
            pass

        log = []

        def function(emit, thing):
            log.append("the function began")
            try:
                emit(thing)
            finally:
                log.append("unwound")

        thing = Thing()
        kept = weakref.ref(thing)
        iterator = kata.iterate(function, thing)
        del thing, iterator
        gc.collect()
        return log, kept() is not None

    log, kept = run(scenario).value
    assert log == [], (
        f"An iterator was dropped, and nobody had ever asked it for a value, yet: {', '.join(log)}."
    )
    assert not kept, (
        "An iterator was dropped before its first next(), and what it was to iterate over is still kept somewhere."
    )


def test_it_all_happens_in_the_callers_thread(run):
    def scenario(kata):
        threads = []

        def function(emit):
            threads.append(get_ident())
            emit(1)
            threads.append(get_ident())

        list(itertools.islice(kata.iterate(function), MANY))
        return [ident == get_ident() for ident in threads]

    assert run(scenario).value == [True, True], "The function ran in a thread of its own."
