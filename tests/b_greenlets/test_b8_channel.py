"""b8: one producer, some workers, and between them a channel that holds only so much."""

import itertools

import gevent

from dojo.suite import Failure, caught, raised, span


def recorded(items, work):
    """A source of `items`, `work` as a function, and a log of what they do: ("taken", item), "begun", "finished"."""
    log = []

    def source():
        for item in items:
            log.append(("taken", item))
            yield item

    def noting_work(item):
        log.append(("begun", item))
        try:
            with span(f"item {item}"):
                result = work(item)
        except Exception:
            log.append(("failed", item))
            raise
        except BaseException:  # its greenlet was killed
            log.append(("ended", item))
            raise
        log.append(("finished", item))
        return result

    return source(), noting_work, log


def most_unfinished(log):
    """The most items that were taken and are neither finished, failed nor ended, at any moment."""
    counts = itertools.accumulate({"taken": 1, "begun": 0}.get(what, -1) for what, _ in log)
    return max(counts, default=0)


def told(value):
    """`value` as a learner knows it; why nobody can go on, where gevent has noticed that."""
    if getattr(value, "type", "") != "LoopExit":
        return repr(value)
    return (
        "gevent's LoopExit: everybody waits for somebody else. Who waits for an item, for a place in the channel or"
        " for the workers must learn of the end, and of a failure, too"
    )


def test_results_come_in_the_order_of_the_source(run):
    def scenario(kata):
        def work(item):
            gevent.sleep(0.05 * (item % 3))
            return item * 10

        source, work, log = recorded(range(9), work)
        return kata.pipeline(source, work, 3, 2), [item for what, item in log if what == "begun"]

    results, begun = run(scenario).value
    assert results == [0, 10, 20, 30, 40, 50, 60, 70, 80]
    assert sorted(begun) == list(range(9)), f"Every item is worked on once; here it was {begun}."


def test_an_empty_source_ends(run):
    def scenario(kata):
        def work(item):
            gevent.sleep(0.01)

        return caught(kata.pipeline, [], work, 3, 2) or kata.pipeline(iter(()), work, 3, 2)

    results = run(scenario).value
    assert results == [], (
        f"The source was empty, an empty list was expected; here came {told(results)}."
    )


def test_it_ends_for_any_number_of_items_and_workers(run):
    def scenario(kata):
        def work(item):
            gevent.sleep(0.001)
            return -item

        for workers, capacity, items in itertools.product((1, 2, 5), (1, 2, 10), (1, 2, 3, 12)):
            results = []

            def call(args=(range(items), work, workers, capacity), results=results):
                results += kata.pipeline(*args)

            error = caught(call)
            if error or results != [-item for item in range(items)]:
                return items, workers, capacity, error or results
        return None

    wrong = run(scenario).value
    if wrong:
        items, workers, capacity, came = wrong
        raise Failure(
            f"With {items} items, workers={workers} and capacity={capacity} their results were expected, in order; here"
            f" came {told(came)}."
        )


def test_any_value_may_be_an_item(run):
    def scenario(kata):
        def work(item):
            gevent.sleep(0.01)
            return [item]

        items = [None, 0, "", False, [], None, {}, 0, None]
        return caught(kata.pipeline, items, work, 2, 2) or kata.pipeline(items, work, 2, 2)

    results = run(scenario).value
    assert isinstance(results, list), (
        f"The items None, 0, '', False, [] and {{}} are as good as any; here came {told(results)}."
    )
    assert results == [[None], [0], [""], [False], [[]], [None], [{}], [0], [None]]


def test_as_many_workers_as_told_work_at_once(run):
    def scenario(kata):
        running, most, late = set(), 0, []

        def work(item):
            nonlocal most
            running.add(item)
            most = max(most, len(running))
            for _ in range(100):  # until eight work, or a second is over, once
                if most >= 8 or late:
                    break
                gevent.sleep(0.01)
            else:
                late.append(item)
            gevent.sleep(0.05)
            running.discard(item)

        source, work, _ = recorded(range(20), work)
        kata.pipeline(source, work, 8, 2)
        return most

    most = run(scenario).value
    assert most <= 8, f"With workers=8 there were {most} items being worked on at once."
    assert most == 8, (
        f"With workers=8 never more than {most} were at work at once: while one waits in work,"
        " the others work."
    )


def test_the_workers_work_while_the_source_waits(run):
    def scenario(kata):
        class Source:
            given = inside = most_inside = waited_in_vain = 0

            def __iter__(self):
                return self

            def __next__(self):
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
                try:
                    if self.given == 6:
                        raise StopIteration
                    self.given += 1
                    for _ in range(100):  # until what was given before is worked on, or 1 s
                        if len(finished) >= self.given - 1 or self.waited_in_vain:
                            break
                        gevent.sleep(0.01)
                    else:
                        self.waited_in_vain = 1
                    return self.given
                finally:
                    self.inside -= 1

        def work(item):
            gevent.sleep(0.01)
            finished.append(item)

        source, finished = Source(), []
        kata.pipeline(source, work, 2, 3)
        return bool(source.waited_in_vain), source.most_inside

    in_vain, most_inside = run(scenario).value
    assert most_inside == 1, (
        f"The source was waiting for an item, and {most_inside} asked it at the same time: one producer takes from it."
    )
    assert not in_vain, (
        "The source waited until the item before was worked on, and that never happened: workers begin as soon as"
        " there is an item, not when the source is at its end."
    )


def test_items_taken_but_unfinished_are_bounded(run):
    for workers, capacity in ((1, 1), (3, 2), (2, 6)):

        def scenario(kata, workers=workers, capacity=capacity):
            source, work, log = recorded(range(12), lambda item: gevent.sleep(0.01))
            kata.pipeline(source, work, workers, capacity)
            return log

        most = most_unfinished(run(scenario).value)
        assert most <= capacity + workers + 1, (
            f"With workers={workers} and capacity={capacity}, {most} items were taken and not yet finished, expected"
            f" {capacity + workers + 1} at most: {capacity} in the channel, one with each worker, one in the"
            " producer's hand. The producer must wait while the channel is full."
        )


def test_the_producer_runs_ahead_as_far_as_the_channel_goes(run):
    def scenario(kata):
        def work(item):
            for _ in range(100):  # until the channel is full, or a second is over
                if item or sum(what == "taken" for what, _ in log) >= 7:
                    break
                gevent.sleep(0.01)

        source, work, log = recorded(range(12), work)
        kata.pipeline(source, work, 1, 6)
        return log[: log.index(("finished", 0))]

    log = run(scenario).value
    taken = [item for what, item in log if what == "taken"]
    assert len(taken) >= 7, (
        f"With workers=1 and capacity=6 the worker was busy with its first item, and only {len(taken)} items had been"
        " taken from the source: the channel holds six more beside that one."
    )


def failing(kata, items, source_fails, workers, capacity):
    """What a pipeline whose fourth item, or whose source after its sixth, fails comes to: (error, log, log later)."""

    def work(item):
        if item == 3 and not source_fails:
            gevent.sleep(0.03)
            raise ValueError("item 3")
        try:
            gevent.sleep(0.1)
        except gevent.GreenletExit:
            gevent.sleep(0.2)  # a clean-up that takes its time
            raise

    def items_then_failure():
        yield from range(6)
        log.append(("failed", "the source"))
        raise OSError("the source broke")

    source, work, log = recorded(items_then_failure() if source_fails else range(items), work)
    error = caught(kata.pipeline, source, work, workers, capacity)
    before = list(log)
    gevent.sleep(0.3)
    return error, before, log[len(before) :]


def assert_it_came_out(error, expected, what):
    assert error == expected, f"{what}; out of pipeline came {told(error)}."


def after_failure(log, what):
    """Items that were `what` after the first failure."""
    failed = next(n for n, (did, _) in enumerate(log) if did == "failed")
    return [item for did, item in log[failed:] if did == what]


def test_a_failure_in_work_comes_out(run):
    for workers, capacity in ((1, 1), (2, 20)):

        def scenario(kata, workers=workers, capacity=capacity):
            return failing(kata, 8, False, workers, capacity)

        assert_it_came_out(
            run(scenario).value[0],
            raised(ValueError, "item 3"),
            f"With workers={workers} and capacity={capacity}, work raised ValueError('item 3')",
        )


def test_after_a_failure_each_worker_begins_one_more_at_most(run):
    outcome = run(lambda kata: failing(kata, 16, False, 2, 6))
    error, log, _ = outcome.value
    assert_it_came_out(error, raised(ValueError, "item 3"), "Work raised ValueError('item 3')")
    begun, taken = after_failure(log, "begun"), after_failure(log, "taken")
    assert len(begun) <= 2, (
        f"Item 3 failed, and after that {len(begun)} further items were begun: {begun}. One a worker is the most, here"
        " 2: what is still in the channel is not worked on."
    )
    assert len(taken) <= 1, (
        f"Item 3 failed, and after that {len(taken)} further items were taken from the source: {taken}. One is the"
        " most: the producer must learn of a failure, too."
    )


def test_nothing_runs_after_the_error_has_come_out(run):
    outcome = run(lambda kata: failing(kata, 16, False, 3, 2))
    error, _, later = outcome.value
    assert_it_came_out(error, raised(ValueError, "item 3"), "Work raised ValueError('item 3')")
    assert not later, (
        f"The error had come out of pipeline, and after that this still happened: {later}. Whoever still works is"
        " ended, or waited for, first."
    )


def test_a_source_that_fails_counts_as_a_failure(run):
    outcome = run(lambda kata: failing(kata, 6, True, 2, 8))
    error, log, later = outcome.value
    assert_it_came_out(
        error, raised(OSError, "the source broke"), "The source raised OSError('the source broke')"
    )
    begun = after_failure(log, "begun")
    assert len(begun) <= 2, (
        f"The source failed, and after that {len(begun)} items were begun: {begun}. One a worker is the most, here 2."
    )
    assert not later, f"The error had come out of pipeline, and after that this happened: {later}."
