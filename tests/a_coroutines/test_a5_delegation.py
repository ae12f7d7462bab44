"""a5: a generator that stands in for another one, whatever comes out of it or goes in."""

import ast
import inspect
import itertools

import pytest

from dojo.suite import caught, raised


def ask(function, *args):
    """What comes of resuming a generator: ("yields", value), ("returns", value) or ("raises", error)."""
    try:
        return "yields", function(*args)
    except StopIteration as stop:
        return "returns", stop.value
    except NotImplementedError:
        raise
    except BaseException as error:
        return "raises", error


def test_values_come_out_in_order(run):
    def scenario(kata):
        def inner():
            yield 1
            yield None
            yield "three"

        return list(kata.delegate(inner()))

    assert run(scenario).value == [1, None, "three"]


def test_it_is_a_new_generator(run):
    def scenario(kata):
        def inner():
            yield 1

        made = inner()
        through = kata.delegate(made)
        return inspect.isgenerator(through), through is made

    generator, same = run(scenario).value
    assert not same, "delegate handed its argument back: it is to make a generator of its own."
    assert generator, (
        "What delegate returns is no generator object: a function with a yield makes one."
    )


def test_each_value_is_taken_only_when_it_is_asked_for(run):
    def scenario(kata):
        log = []

        def inner():
            for number in range(3):
                log.append(number)
                yield number

        through = kata.delegate(inner())
        next(through)
        next(through)
        return log

    taken = run(scenario).value
    assert taken == [0, 1], f"Two values were asked for; the subgenerator made {taken}."


def test_plain_iterators_are_accepted(run):
    def scenario(kata):
        class Countdown:
            left = 3

            def __iter__(self):
                return self

            def __next__(self):
                if not self.left:
                    raise StopIteration("lift-off")
                self.left -= 1
                return self.left

        through = kata.delegate(Countdown())
        return (
            list(kata.delegate(iter(["a", None, 0]))),
            [ask(next, through), ask(through.send, None), ask(next, through), ask(next, through)],
        )

    of_a_list, of_a_class = run(scenario).value
    assert of_a_list == ["a", None, 0]
    assert of_a_class == [("yields", 2), ("yields", 1), ("yields", 0), ("returns", "lift-off")]


def test_the_return_value_is_returned(run):
    def scenario(kata):
        def inner(value):
            yield "on the way"
            return value

        def at_once(value):
            return value
            yield

        answers = []
        for value in ("result", 0, None):
            through = kata.delegate(inner(value))
            answers += [ask(next, through), ask(next, through)]
        return answers, ask(next, kata.delegate(at_once("nothing yielded")))

    answers, at_once = run(scenario).value
    way = ("yields", "on the way")
    assert answers == [way, ("returns", "result"), way, ("returns", 0), way, ("returns", None)]
    assert at_once == ("returns", "nothing yielded")


def test_an_exception_of_the_subgenerator_comes_out(run):
    def scenario(kata):
        def inner():
            yield 1
            raise ValueError("boom")

        through = kata.delegate(inner())
        return [ask(next, through), ask(next, through), ask(next, through)]

    assert run(scenario).value == [
        ("yields", 1),
        ("raises", raised(ValueError, "boom")),
        ("returns", None),
    ]


def test_sent_values_go_in(run):
    def scenario(kata):
        def echo():
            got = yield "ready"
            while got != "stop":
                got = yield got
            return "stopped"

        through = kata.delegate(echo())
        return [ask(next, through)] + [ask(through.send, value) for value in ("a", "b", "stop")]

    assert run(scenario).value == [
        ("yields", "ready"),
        ("yields", "a"),
        ("yields", "b"),
        ("returns", "stopped"),
    ]


def test_zero_and_other_empty_values_go_in_too(run):
    def scenario(kata):
        def note(log):
            while True:
                log.append((yield))

        log = []
        through = kata.delegate(note(log))
        next(through)
        for value in (0, "", False, None, []):
            through.send(value)
        return log

    assert run(scenario).value == [0, "", False, None, []]


def test_a_value_for_an_iterator_that_takes_none_is_an_attribute_error(run):
    def scenario(kata):
        through = kata.delegate(iter("ab"))
        return [ask(next, through), ask(through.send, "x"), ask(next, through)]

    assert run(scenario).value == [
        ("yields", "a"),
        ("raises", raised(AttributeError)),
        ("returns", None),
    ]


def test_a_thrown_exception_goes_in_and_may_be_handled_there(run):
    def scenario(kata):
        def inner():
            try:
                yield "waiting"
            except ValueError as error:
                yield f"handled {error}"
            return "done"

        through = kata.delegate(inner())
        return [ask(next, through), ask(through.throw, ValueError("boom")), ask(next, through)]

    assert run(scenario).value == [
        ("yields", "waiting"),
        ("yields", "handled boom"),
        ("returns", "done"),
    ]


def test_a_subgenerator_that_returns_on_a_thrown_exception_is_at_its_end(run):
    def scenario(kata):
        def inner():
            try:
                yield "waiting"
            except ValueError:
                return "enough"

        through = kata.delegate(inner())
        return [ask(next, through), ask(through.throw, ValueError("boom")), ask(next, through)]

    assert run(scenario).value == [
        ("yields", "waiting"),
        ("returns", "enough"),
        ("returns", None),
    ]


def test_a_thrown_exception_that_nobody_handles_comes_out_again(run):
    def scenario(kata):
        seen = []

        def inner():
            try:
                yield "waiting"
            except BaseException as error:
                seen.append(error)
                raise

        kept, boom = inner(), ValueError("boom")
        through = kata.delegate(kept)
        next(through)
        answer = ask(through.throw, boom)
        return answer, answer[1] is boom, seen, inspect.getgeneratorstate(kept), ask(next, through)

    answer, same, seen, state, after = run(scenario).value
    assert answer == ("raises", raised(ValueError, "boom"))
    assert seen == [raised(ValueError, "boom")], (
        f"ValueError('boom') was thrown in; the subgenerator, paused at its yield, saw {seen}."
    )
    assert same, "Another exception came out than the one that was thrown in."
    assert state == "GEN_CLOSED", f"The subgenerator is still {state}."
    assert after == ("returns", None)


@pytest.mark.parametrize("other", [KeyError, AttributeError])
def test_the_subgenerator_may_answer_with_another_exception(run, other):
    def scenario(kata):
        def inner():
            try:
                yield "waiting"
            except ValueError:
                raise other("instead") from None

        through = kata.delegate(inner())
        next(through)
        return ask(through.throw, ValueError("boom"))

    how, what = run(scenario).value
    assert (how, what) == ("raises", raised(other)), (
        f"ValueError('boom') was thrown in; the subgenerator caught it and raised {other.__name__}('instead'), which"
        f" was to come out. Instead it {how} {what!r}."
    )


def test_any_exception_can_be_thrown_in(run):
    """KeyboardInterrupt is no Exception, only a BaseException."""

    def scenario(kata):
        def inner():
            try:
                yield "waiting"
            except KeyboardInterrupt:
                yield "interrupted"

        through = kata.delegate(inner())
        next(through)
        return ask(through.throw, KeyboardInterrupt())

    assert run(scenario).value == ("yields", "interrupted")


def test_an_exception_thrown_at_a_plain_iterator_comes_out(run):
    def scenario(kata):
        through = kata.delegate(iter("ab"))
        return [ask(next, through), ask(through.throw, ValueError("boom")), ask(next, through)]

    assert run(scenario).value == [
        ("yields", "a"),
        ("raises", raised(ValueError, "boom")),
        ("returns", None),
    ]


def test_closing_closes_the_subgenerator(run):
    def scenario(kata):
        log = []

        def inner():
            try:
                yield 1
            except GeneratorExit:
                log.append("told to close")
                raise
            finally:
                log.append("cleaned up")

        kept = inner()  # still referred to: only close() can close it
        through = kata.delegate(kept)
        next(through)
        error = caught(through.close)
        return error, log, inspect.getgeneratorstate(kept)

    error, log, state = run(scenario).value
    assert error is None, f"close() raised {error!r}."
    assert state == "GEN_CLOSED", (
        "The generator was closed, and the subgenerator is left open at its yield."
    )
    assert log == ["told to close", "cleaned up"]


def test_closing_calls_the_close_of_any_iterator_that_has_one(run):
    def scenario(kata):
        class Line:
            """An iterator with a close of its own and no throw, like a file."""

            def __init__(self):
                self.calls = []

            def __iter__(self):
                return self

            def __next__(self):
                return "line"

            def close(self):
                self.calls.append("close")

        class Task(Line):
            """It has a throw, too; GeneratorExit is the one exception that is not thrown in."""

            def throw(self, *error):
                self.calls.append("throw")
                raise error[-1] if isinstance(error[-1], BaseException) else error[0]

        calls = []
        for kind in (Line, Task):
            iterator = kind()
            through = kata.delegate(iterator)
            next(through)
            calls.append((caught(through.close), iterator.calls))
        return calls

    for error, calls in run(scenario).value:
        assert error is None, f"close() raised {error!r}."
        assert calls == ["close"], (
            "The generator was closed: its iterator's close() is to be called, and nothing else."
            f" Called was {' and '.join(calls) or 'neither close nor throw'}."
        )


def test_closing_ends_also_where_the_iterator_knows_no_close(run):
    def scenario(kata):
        through = kata.delegate(iter("ab"))
        next(through)
        return caught(through.close), ask(next, through)

    error, after = run(scenario).value
    assert error is None, f"close() raised {error!r}; the iterator of a string has no close()."
    assert after == ("returns", None)


def test_an_error_while_the_subgenerator_cleans_up_comes_out_of_close(run):
    def scenario(kata):
        def inner():
            try:
                yield 1
            finally:
                raise OSError("the disk is full")

        def stubborn():
            try:
                yield 1
            except GeneratorExit:
                yield 2

        kept, errors = stubborn(), []
        for subgenerator in (inner(), kept):
            through = kata.delegate(subgenerator)
            next(through)
            errors.append(caught(through.close))
        return errors

    failed, refused = run(scenario).value
    assert failed == raised(OSError), (
        f"The clean-up raised OSError; out of close() came {failed!r}."
    )
    assert refused == raised(RuntimeError), (
        f"A subgenerator that yields when it is closed is a RuntimeError; out of close() came {refused!r}."
    )


def test_a_generator_exit_that_is_thrown_in_closes_too(run):
    def scenario(kata):
        def inner():
            yield 1

        kept = inner()
        through = kata.delegate(kept)
        next(through)
        return ask(through.throw, GeneratorExit()), inspect.getgeneratorstate(kept)

    answer, state = run(scenario).value
    assert answer == ("raises", raised(GeneratorExit))
    assert state == "GEN_CLOSED", "The subgenerator is left open at its yield."


def test_it_delegates_to_itself(run):
    def scenario(kata):
        log = []

        def inner():
            try:
                while True:
                    try:
                        log.append((yield len(log)))
                    except ValueError:
                        log.append("boom")
            finally:
                log.append("closed")

        kept = inner()
        through = kata.delegate(kata.delegate(kata.delegate(kept)))
        answers = [ask(next, through), ask(through.send, "a"), ask(through.throw, ValueError())]
        through.close()
        return answers, log

    answers, log = run(scenario).value
    assert answers == [("yields", 0), ("yields", 1), ("yields", 2)]
    assert log == ["a", "boom", "closed"]


DOING = {
    "next()": next,
    "send('x')": lambda through: through.send("x"),
    "send(0)": lambda through: through.send(0),
    "throw(ValueError)": lambda through: through.throw(ValueError("boom")),
    "throw(KeyboardInterrupt)": lambda through: through.throw(KeyboardInterrupt()),
    "throw(GeneratorExit)": lambda through: through.throw(GeneratorExit()),
    "close()": lambda through: through.close(),
}


def test_whatever_is_done_to_it_it_does_as_yield_from_would(run):
    """All ways to resume it, twice in a row, over generators and iterators that each know other methods."""

    def scenario(kata):
        def model(subgenerator):
            return (yield from subgenerator)

        def kinds(log):
            def plain():
                yield "first"
                yield "second"
                return "end"

            def fails():
                yield "first"
                raise RuntimeError("boom")

            def catches():
                while True:
                    try:
                        log.append((yield "waiting"))
                    except GeneratorExit:
                        log.append("closed")
                        return "left"
                    except BaseException as error:
                        log.append(f"caught {type(error).__name__}")

            class Numbers:
                number = 0

                def __iter__(self):
                    return self

                def __next__(self):
                    log.append("next")
                    self.number += 1
                    if self.number > 2:
                        raise StopIteration("no more")
                    return self.number

            class WithClose(Numbers):
                def close(self):
                    log.append("close")

            class Breaks(WithClose):
                def __next__(self):
                    if self.number:
                        raise ValueError("broken")
                    return super().__next__()

            class WithThrow(Numbers):
                def throw(self, *_):
                    log.append("throw")
                    return "thrown"

            class WithAll(WithClose):
                def send(self, value):
                    log.append(f"send {value}")
                    return value

                def throw(self, *_):
                    raise StopIteration("ended by throw")

            return {
                "a generator": plain,
                "a generator that fails": fails,
                "a generator that catches everything": catches,
                "a list's iterator": lambda: iter("ab"),
                "an iterator with only __next__": Numbers,
                "an iterator with close": WithClose,
                "an iterator with close that fails": Breaks,
                "an iterator with throw": WithThrow,
                "an iterator with send, throw and close": WithAll,
            }

        def play(delegate, kind, doing):
            log = []
            through = delegate(kinds(log)[kind]())
            answers = []
            for do in doing:
                came, what = ask(DOING[do], through)
                answers.append(f"{came} {type(what).__name__ if came == 'raises' else what!r}")
            return answers, log

        for kind in kinds([]):
            for doing in itertools.product(DOING, repeat=2):
                doing = ("next()", *doing)
                expected, came = play(model, kind, doing), play(kata.delegate, kind, doing)
                if expected != came:
                    return kind, ", ".join(doing), expected, came
        return None

    if differs := run(scenario).value:
        kind, doing, (answers, log), (your_answers, your_log) = differs
        assert your_answers == answers, (
            f"It delegates to {kind}; done to it was {doing}. yield from {', then '.join(answers)};"
            f" yours {', then '.join(your_answers)}."
        )
        assert your_log == log, (
            f"It delegates to {kind}; done to it was {doing}. By yield from the inner one is told {log},"
            f" by yours {your_log}."
        )


def test_the_file_does_it_without_yield_from(run, submission):
    assert run(lambda kata: list(kata.delegate(iter("ab")))).value == ["a", "b"]
    lines = [
        f"line {node.lineno}: {submission.lines[node.lineno - 1].strip()}"
        for node in ast.walk(ast.parse("\n".join(submission.lines)))
        if isinstance(node, ast.YieldFrom)
    ]
    assert not lines, f"There is a yield from in {'; '.join(lines)}"
