"""e1: whoever submits goes on at once, and is told of each end when it has come."""

import threading
import time

import pytest

from dojo.suite import Failure, about, caught, raised, task

LIMIT = 5  # seconds until a scenario gives up waiting for what a right queue does at once


def fields(completion):
    """A completion as plain data; what is none as it is."""
    names = ("ticket", "result", "error")
    return (
        tuple(getattr(completion, name) for name in names)
        if all(hasattr(completion, name) for name in names)
        else completion
    )


def test_submit_returns_at_once(run):
    def scenario(kata):
        queue, gate = kata.CompletionQueue(), threading.Event()
        ticket = queue.submit(gate.wait, LIMIT)
        gate.set()  # nobody comes here while submit waits for the function
        return ticket, fields(queue.wait(LIMIT))

    ticket, completion = run(scenario).value
    assert type(ticket) is int, f"submit returned {ticket!r}, expected an int, the ticket."
    assert completion is not None, f"What was submitted did not complete within {LIMIT} s."
    assert completion == (ticket, True, None), (
        "The function waits for something that happens only after submit has returned; it waited in vain: submit called"
        " it, or waited for it, instead of returning at once."
        if completion[1] is False
        else f"A function that returns True completes as (ticket {ticket}, True, None); here came {completion}."
    )


def test_a_completion_brings_ticket_and_result(run):
    def scenario(kata):
        queue = kata.CompletionQueue()
        tickets = [queue.submit(pow, 2, n) for n in range(5)] + [queue.submit(lambda: None)]
        return tickets, [fields(queue.wait(LIMIT)) for _ in tickets]

    tickets, completions = run(scenario).value
    assert len(set(tickets)) == 6, f"Six calls were submitted; their tickets are {tickets}."
    assert None not in completions, f"Six calls were submitted; told was {completions}."
    assert {ticket: (result, error) for ticket, result, error in completions} == {
        ticket: (result, None)
        for ticket, result in zip(tickets, [1, 2, 4, 8, 16, None], strict=True)
    }


def test_a_failure_is_a_completion(run):
    def scenario(kata):
        def fail():
            raise ValueError("boom")

        def stop():
            raise StopIteration("no more")

        queue = kata.CompletionQueue(1)
        tickets = [queue.submit(function) for function in (fail, stop, lambda: "fine")]
        return tickets, [fields(queue.wait(2)) for _ in tickets]

    tickets, completions = run(scenario).value
    endings = {
        ticket: (result, error) for ticket, result, error in (told for told in completions if told)
    }
    expected = [
        (None, raised(ValueError, "boom")),
        (None, raised(StopIteration, "no more")),
        ("fine", None),
    ]
    assert [endings.get(ticket, "nothing") for ticket in tickets] == expected, (
        "One worker calls a function that raises ValueError('boom'), one that raises StopIteration('no more') and one"
        " that returns 'fine'; (result, error) of each. An exception is its completion's error, and the worker goes on."
    )


@pytest.mark.trace
def test_completions_come_in_the_order_in_which_calls_end(run):
    def scenario(kata):
        queue = kata.CompletionQueue()
        gates = [threading.Event() for _ in range(3)]
        tickets = [
            queue.submit(task(f"call {n}", lambda n=n: gates[n].wait(LIMIT)))
            for n, gate in enumerate(gates)
        ]
        order = []
        for number in (2, 0, 1):
            gates[number].set()
            told = queue.wait(2)  # the other calls have not ended
            order.append(told and tickets.index(told.ticket))
        return order

    order = run(scenario).value
    assert order == [2, 0, 1], (
        "Three calls were submitted: 0, 1, 2. They ended in the order 2, 0, 1, and each was to be told of before the"
        f" next one ended. wait told of {order}."
    )


def test_those_that_nobody_has_taken_keep_their_order(run):
    def scenario(kata):
        queue, started, gates = kata.CompletionQueue(), [], [threading.Event() for _ in range(4)]

        def call(number):  # ends 0.2 s after the one with the next higher number
            started.append(number)
            gates[number].wait(LIMIT)
            time.sleep(0.2)
            if number:
                gates[number - 1].set()
            return number

        for number in range(4):
            queue.submit(call, number)
        gates[3].set()
        gates[0].wait(LIMIT)
        time.sleep(0.5)  # all have ended long ago
        return [told and told.result for told in (queue.wait(LIMIT) for _ in range(4))]

    order = run(scenario).value
    assert order == [3, 2, 1, 0], (
        "Four calls ended in the order 3, 2, 1, 0, and only then somebody asked for them."
    )


def test_failures_keep_their_place_in_the_order(run):
    def scenario(kata):
        queue, ended, over = kata.CompletionQueue(workers=1), [], threading.Event()

        def call(number):
            ended.append(number)
            if len(ended) == 5:
                over.set()
            if number % 2:
                raise ValueError("boom")

        tickets = [queue.submit(call, number) for number in range(5)]
        over.wait(LIMIT)
        time.sleep(0.2)
        told = [queue.wait(LIMIT) for _ in tickets]
        return ended, [one and tickets.index(one.ticket) for one in told]

    ended, told = run(scenario).value
    assert told == ended, (
        f"One worker called five functions, the numbers 1 and 3 failed. They ended in the order {ended}, and only then"
        f" somebody asked for them. wait told of {told}: a failure is a completion like any other."
    )


def test_wait_gives_up_after_its_timeout(run):
    def scenario(kata):
        queue, gate = kata.CompletionQueue(), threading.Event()
        queue.submit(gate.wait, LIMIT)
        began = time.perf_counter()
        told = [queue.wait(0), queue.wait(0.3)]
        seconds = time.perf_counter() - began
        gate.set()
        return told, seconds, fields(queue.wait(LIMIT))

    told, seconds, completion = run(scenario).value
    assert told == [None, None], f"Nothing had ended yet, but wait told of {told}."
    assert seconds == about(0.3, not_=LIMIT), "wait(0) and wait(0.3), while nothing ended:"
    assert completion and completion[1] is True, (
        "wait had given up once; when the call had ended, wait told nothing of it."
    )


def test_wait_takes_what_is_there_without_waiting(run):
    def scenario(kata):
        queue, ended = kata.CompletionQueue(), threading.Event()
        queue.submit(ended.set)
        ended.wait(LIMIT)
        deadline = time.monotonic() + LIMIT
        while (told := queue.wait(0)) is None and time.monotonic() < deadline:
            time.sleep(0.01)  # its worker may still be on the way back
        return fields(told)

    completion = run(scenario).value
    assert completion is not None, (
        f"A call had ended, and for {LIMIT} s wait(0) told nothing of it: 0 seconds are enough to take what is there."
    )


def test_wait_returns_as_soon_as_a_call_has_ended(run):
    def scenario(kata):
        queue = kata.CompletionQueue()
        queue.submit(time.sleep, 0.2)
        began = time.perf_counter()
        told = queue.wait(6)
        return told is not None, time.perf_counter() - began

    told, seconds = run(scenario, limit=20).value
    assert told, f"A call ended after 0.2 s, and wait(6) told nothing of it in {seconds:.1f} s."
    assert seconds == about(0.2, not_=6), "A call ends after 0.2 s; wait(6):"


def test_wait_without_a_timeout_waits_as_long_as_it_takes(run):
    def scenario(kata):
        queue = kata.CompletionQueue()
        queue.submit(time.sleep, 0.5)
        return fields(queue.wait(None))

    outcome = run(scenario)
    assert outcome.value is not None, (
        f"The call ends after 0.5 s; wait(None) returned None after {outcome.seconds:.1f} s."
    )
    assert outcome.cpu < outcome.seconds / 20, (
        f"wait(None) waited for {outcome.seconds:.1f} s and computed for {outcome.cpu:.2f} s of it: who asks again and"
        " again whether a call has ended takes the time from those that work."
    )


def test_with_nothing_outstanding_wait_returns_none_at_once(run):
    def scenario(kata):
        queue = kata.CompletionQueue()
        told = [queue.wait(None)]
        queue.submit(lambda: "fine")
        told.append(queue.wait(None) is not None)
        return [*told, queue.wait(None), queue.wait(60)]

    outcome = run(scenario, limit=4)
    assert outcome.value == [None, True, None, None], (
        "Asked: a new queue; one with one call outstanding; the same when that was taken, twice."
    )


def test_up_to_sixteen_run_at_once_and_the_rest_queue(run):
    assert_so_many_run_at_once(run, 16, lambda kata: kata.CompletionQueue())


def test_up_to_as_many_as_told_run_at_once(run):
    assert_so_many_run_at_once(run, 3, lambda kata: kata.CompletionQueue(workers=3))


def test_as_many_run_at_once_when_there_was_nothing_to_do_for_a_while(run):
    def well_used(kata):
        queue = kata.CompletionQueue(workers=3)
        for _ in range(6):
            queue.submit(int)
            if queue.wait(1) is None:
                break  # nobody is left to call it
            time.sleep(0.02)  # time for whoever has called to find nothing more to do
        return queue

    assert_so_many_run_at_once(run, 3, well_used)


def test_no_more_run_at_once_when_some_have_failed(run):
    def with_failures(kata):
        queue = kata.CompletionQueue(workers=3)
        for _ in range(6):
            queue.submit(int, "no number")
        for _ in range(6):
            if queue.wait(1) is None:
                break  # nobody is left to call it
        time.sleep(0.02)
        return queue

    assert_so_many_run_at_once(run, 3, with_failures)


def assert_so_many_run_at_once(run, workers, make):
    def scenario(kata):
        queue, began, gate = make(kata), [], threading.Event()

        def call():
            began.append("call")
            gate.wait(LIMIT)

        for _ in range(2 * workers):
            queue.submit(call)
        deadline = time.monotonic() + LIMIT / 2
        while len(began) < workers and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)  # time for one too many to begin
        at_once = len(began)
        gate.set()
        told = 0
        while told < 2 * workers and queue.wait(LIMIT) is not None:
            told += 1
        return at_once, len(began), told

    at_once, began, told = run(scenario).value
    assert at_once == workers, (
        f"{2 * workers} calls wait for each other's company: {at_once} had begun, expected {workers}, as many as there"
        " are workers."
    )
    assert (began, told) == (2 * workers, 2 * workers), (
        f"Of {2 * workers} calls {began} began, and {told} were told of: the rest waits its turn, it is not lost."
    )


def test_a_thousand_may_be_outstanding(run):
    def scenario(kata):
        queue, gate = kata.CompletionQueue(), threading.Event()

        def call(number):
            gate.wait(LIMIT)
            return number

        tickets = {queue.submit(call, number): number for number in range(1000)}
        gate.set()
        wrong, told = 0, 0
        for _ in tickets:
            completion = queue.wait(LIMIT)
            if completion is None:
                break
            told += 1
            wrong += tickets.get(completion.ticket) != completion.result
        return len(tickets), told, wrong

    tickets, told, wrong = run(scenario, limit=20).value
    assert tickets == 1000, f"1,000 calls were submitted, and got {tickets:,} different tickets."
    assert told == 1000, f"1,000 calls were submitted, {told:,} were told of."
    assert not wrong, f"{wrong:,} completions brought the result of another ticket."


def test_a_ticket_is_not_given_twice(run):
    def scenario(kata):
        queue, gates = kata.CompletionQueue(), [threading.Event() for _ in range(3)]
        tickets = [queue.submit(gate.wait, LIMIT) for gate in gates]
        gates[0].set()
        queue.wait(LIMIT)
        tickets.append(queue.submit(gates[1].wait, LIMIT))  # while 1 and 2 are outstanding
        gates[1].set(), gates[2].set()
        return tickets

    tickets = run(scenario).value
    assert tickets[3] not in tickets[1:3], (
        f"Three calls got the tickets {tickets[:3]}, the first was taken, and a fourth call got {tickets[3]}: that is"
        " the ticket of a call that is still outstanding. A ticket says whose completion it is."
    )


def closing(kata):
    """What a queue with two workers comes to that is closed while two calls run and three wait."""
    queue, gate, began = kata.CompletionQueue(2), threading.Event(), []

    def call(number):
        began.append(number)
        gate.wait(LIMIT)
        return number

    tickets = [queue.submit(call, number) for number in (0, 1)]
    deadline = time.monotonic() + LIMIT / 2
    while len(began) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    tickets += [queue.submit(call, number) for number in (2, 3, 4)]
    closer = threading.Thread(target=queue.close, daemon=True)
    closer.start()
    refused, deadline = None, time.monotonic() + 1
    while refused is None and time.monotonic() < deadline:
        time.sleep(0.05)
        refused = caught(queue.submit, call, 99)  # a close that waits may refuse only afterwards
    gate.set()
    closer.join(LIMIT)
    told = []
    while len(told) < 50 and (completion := queue.wait(LIMIT)) is not None:
        told.append(tickets.index(completion.ticket) if completion.ticket in tickets else "new")
    time.sleep(0.2)  # time for one that should not begin
    return sorted(began), sorted(told, key=str), caught(queue.submit, call, 99)


def test_after_close_what_had_begun_finishes_and_can_be_taken(run):
    _, told, _ = run(closing, limit=30).value
    assert set(told) >= {0, 1}, (
        f"Calls 0 and 1 were running when the queue was closed; wait told of {told} afterwards."
    )


def test_after_close_what_had_not_begun_never_runs(run):
    began, told, _ = run(closing, limit=30).value
    assert began == [0, 1], (
        f"Two calls were running and the others waited when the queue was closed; begun were {began} in the end"
        " (99 is a call submitted after close had been called)."
    )
    assert told == [0, 1], f"What never ran has no completion, but wait told of {told}."


def test_after_close_submit_raises_runtime_error(run):
    error = run(closing, limit=30).value[2]
    if error is None:
        raise Failure("The queue was closed, and submit took another call.")
    assert error == raised(RuntimeError), f"The queue was closed; submit raised {error!r}."


def test_what_had_completed_before_close_can_still_be_taken(run):
    def scenario(kata):
        queue, ended = kata.CompletionQueue(), threading.Event()
        queue.submit(lambda: "the first")
        queue.wait(LIMIT)
        ticket = queue.submit(ended.set)
        ended.wait(LIMIT)
        time.sleep(0.2)  # it has most likely completed; else it is one that had begun: as good
        queue.close()
        told = queue.wait(LIMIT)
        return told is not None and told.ticket == ticket

    assert run(scenario).value, (
        "A call had ended, and nobody had asked for its completion yet, when the queue was closed; wait told nothing"
        " of it afterwards."
    )


def test_after_close_what_had_not_begun_is_not_outstanding(run):
    def scenario(kata):
        queue, began, gate = kata.CompletionQueue(1), threading.Event(), threading.Event()

        def call():
            began.set()
            gate.wait(LIMIT)

        for _ in range(3):
            queue.submit(call)
        began.wait(LIMIT)
        closer = threading.Thread(target=queue.close, daemon=True)
        closer.start()
        closer.join(0.3)  # a close that waits for what runs goes on after this
        gate.set()
        closer.join(LIMIT)
        first, last = queue.wait(LIMIT), []
        asker = threading.Thread(target=lambda: last.append(queue.wait(None)), daemon=True)
        asker.start()
        asker.join(LIMIT)
        return first is not None, ["nothing: it still waits"] if asker.is_alive() else last

    first, last = run(scenario, limit=20).value
    assert first, "One call was running when the queue was closed; wait told nothing of it."
    assert last == [None], (
        "One call ran and two waited when the queue was closed. The one was told of; the two never run, so nothing is"
        f" outstanding, and wait(None) is to return None at once. It returned {last[0]}."
    )
