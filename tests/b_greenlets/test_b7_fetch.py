"""b7: many pages over HTTP, a few at a time, each with its own time limit, from a server that notes who asks when."""

import time

from dojo.suite import about

PATIENT = 8.0  # seconds of timeout where time is not the question


def fetched(run, urls, limit, timeout=PATIENT):
    """The Outcome of fetch_all in the child."""
    outcome = run(lambda kata: kata.fetch_all(urls, limit, timeout), limit=20)
    assert isinstance(outcome.value, dict), (
        f"fetch_all returned {outcome.value!r}, expected a dict from address to body."
    )
    return outcome


def is_error(value):
    """Is it, in the child, an instance of Exception?"""
    return "Exception" in getattr(value, "bases", ())


def assert_failed(answers, urls, why):
    for url in urls:
        assert url in answers, f"{why}: it is missing in the result, expected an exception there."
        value = answers[url]
        bases = getattr(value, "bases", None)
        assert bases is None or is_error(value), (
            f"{why}: the result has {value!r} for it. Its class does not descend from Exception"
            f" ({' > '.join(bases)}), and `except Exception` would not catch it."
        )
        assert is_error(value), f"{why}: the result has {value!r} for it, expected an exception."


def assert_fetched(answers, bodies, why):
    """Each of these addresses has its body."""
    for url, body in bodies.items():
        assert answers.get(url) == body, (
            f"{why}; for {url.rpartition('/')[2]!r} the result has {answers.get(url)!r}, expected {body!r}."
        )


def test_every_address_gets_its_own_body(run, web):
    everything = bytes(range(256)) * 1000
    bodies = {
        web.page("/one", b"one"): b"one",
        web.page("/everything", everything): everything,
        web.page("/nothing", b""): b"",
        web.page("/two", b"two", seconds=0.1, early=True): b"two",
    }
    answers = fetched(run, list(bodies), 2).value
    assert set(answers) == set(bodies), (
        "The keys of the result are the addresses, no more, no less."
    )
    for url, body in bodies.items():
        got = answers[url]
        path = "/" + url.rpartition("/")[2]
        assert isinstance(got, bytes), (
            f"The body of {path} has {len(body):,} bytes; the result has {repr(got)[:60]} for it, which is no bytes."
        )
        assert got == body, (
            f"The body of {path} has {len(body):,} bytes; the result has {len(got):,} bytes for it"
            f"{', other ones' if len(got) == len(body) else ''}."
        )


def test_no_addresses_no_answers(run):
    assert run(lambda kata: kata.fetch_all([], 3, 5.0)).value == {}


def test_the_requests_are_made_with_urllib_request(run, web):
    url = web.page("/page", b"page")

    def scenario(kata):
        import urllib.request

        used = []

        def noting(function):
            def call(*args, **kwargs):
                used.append(function.__name__)
                return function(*args, **kwargs)

            return call

        for holder, name in (
            (urllib.request.OpenerDirector, "open"),
            (urllib.request.AbstractHTTPHandler, "do_open"),
        ):
            setattr(holder, name, noting(getattr(holder, name)))
        return kata.fetch_all([url], 1, 8.0), used

    answers, used = run(scenario).value
    assert answers == {url: b"page"}
    by_name = any(b"python-urllib" in request.head.lower() for request in web.requests)
    assert used or by_name, "The page came, but nothing of urllib.request was called."


def test_an_address_named_twice_is_fetched_once(run, web):
    one, two = web.page("/one", b"one", seconds=0.1), web.page("/two", b"two")
    answers = fetched(run, [one, two, one, one, two], 5).value
    assert answers == {one: b"one", two: b"two"}
    for path in ("/one", "/two"):
        times = len(web.asked_for(path))
        assert times == 1, f"The server was asked for {path} {times} times, expected once."


def test_an_address_that_cannot_be_fetched_is_tried_once(run, web):
    gone = web.page("/gone", b"sorry", status="404 Not Found")
    broken = web.page("/broken", b"oops", status="503 Service Unavailable")
    answers = fetched(run, [gone, broken, gone, gone, broken], 2).value
    assert_failed(answers, [gone, broken], "An address that answers with an error")
    for path in ("/gone", "/broken"):
        times = len(web.asked_for(path))
        assert times == 1, (
            f"The answer under {path} is an error, and the server was asked for it {times} times, expected once: an"
            " error is an answer, too, and whoever wants to try again asks for it."
        )


def test_never_more_than_limit_requests_are_in_flight(run, web):
    crowd = {"seconds": 0.12, "early": True}  # headers at once, the body later
    urls = [web.page(f"/{n}", b"body", **crowd) for n in range(9)]
    fetched(run, urls, 3)
    assert web.most_in_flight <= 3, (
        f"With limit=3 the server saw {web.most_in_flight} requests in flight at once. A request is in flight until"
        " the last byte of its answer has come: headers alone do not end it."
    )


def test_as_many_as_limit_are_in_flight_at_once(run, web):
    def all_have_come():  # or nobody else has for two seconds
        return web.most_in_flight >= 8 or time.perf_counter() - web.requests[0].began > 2

    urls = [web.page(f"/{n}", b"body", seconds=2, until=all_have_come) for n in range(12)]
    fetched(run, urls, 8)
    assert web.most_in_flight >= 8, (
        f"With limit=8 and 12 addresses the server never saw more than {web.most_in_flight} in flight at once:"
        " 8 should wait for their answers at the same time."
    )


def test_two_dozen_pages_a_dozen_at_a_time_take_two_rounds(run, web):
    urls = [web.page(f"/{n}", b"body", seconds=0.3) for n in range(24)]
    assert fetched(run, urls, 12).seconds == about(0.6, not_=7.2), (
        "24 pages that take 0.3 s each, 12 at a time:"
    )


def test_as_soon_as_one_is_over_the_next_begins(run, web):
    paths = {f"/{n}" for n in range(5)}

    def is_answered(
        path,
    ):  # the first to come waits for all others, or 2.5 s; they are answered at once
        return lambda: web.requests[0].path != path or web.over(*paths - {path})

    urls = [web.page(path, b"body", seconds=2.5, until=is_answered(path)) for path in paths]
    fetched(run, urls, 2)
    slow, *quick = web.requests
    late = [request.path for request in quick if request.began > slow.ended]
    assert not late, (
        f"With limit=2 {slow.path} was in flight for long, and {', '.join(late)} had to wait until it was over, though"
        " the other place was free: a new request begins as soon as any one ends, not when a whole batch has ended."
    )


def test_a_failure_costs_nobody_else_anything(run, web):
    gone = web.page("/gone", b"sorry", status="404 Not Found")
    broken = web.page("/broken", b"oops", status="500 Internal Server Error")
    no_http = web.raw("/no-http", b"SSH-2.0-server\r\n")
    hangs_up = web.raw("/hangs-up", b"")
    nobody = f"http://127.0.0.1:{closed_port()}/nobody"
    bodies = {web.page(f"/{n}", b"body %d" % n): b"body %d" % n for n in range(3)}
    first, *others = bodies
    failing = {
        "An address that answers 404": gone,
        "An address that answers 500": broken,
        "An address whose answer is no HTTP": no_http,
        "An address that closes without an answer": hangs_up,
        "An address where nobody listens": nobody,
    }
    urls = [first, *failing.values(), *others]
    error = run(lambda kata: without_error(kata, urls), limit=20).value
    assert error is None, (
        f"Some of the addresses cannot be fetched, and out of fetch_all came {error!r}: the answers of all others"
        " are lost. A failure is the value of its own address."
    )
    answers = fetched(run, urls, 2).value
    for why, url in failing.items():
        assert_failed(answers, [url], why)
    assert_fetched(answers, bodies, "Other addresses failed")


def without_error(kata, urls):
    try:
        kata.fetch_all(urls, 2, 8.0)
    except NotImplementedError:
        raise
    except Exception as error:
        return error


def closed_port():
    """A port of this machine on which nobody listens."""
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_a_hung_server_costs_only_its_own_time(run, web):
    hung = web.hang("/hung", 5.0)
    bodies = {web.page(f"/{n}", b"body"): b"body" for n in range(4)}
    outcome = fetched(run, [hung, *bodies], 2, timeout=1.0)
    assert_failed(outcome.value, [hung], "An address that never answers")
    assert_fetched(outcome.value, bodies, "One of five addresses never answers")
    assert outcome.seconds == about(1.0, not_=5), (
        "One of five addresses never answers, the timeout is 1 s:"
    )


def test_a_request_that_is_given_up_is_ended(run, web):
    hung = [web.hang("/hung-1", 3.0), web.hang("/hung-2", 3.0)]
    answers = fetched(run, hung, 1, timeout=0.3).value
    assert_failed(answers, hung, "An address that never answers")
    assert web.most_in_flight == 1, (
        "With limit=1 the first of two requests took too long. When the second one began, the first one's connection"
        " was still open: who stops waiting for a request must end it, too, or more than `limit` are in flight."
    )


def test_a_drip_cannot_outlive_its_timeout(run, web):
    urls = [
        web.drip("/body-drips", b"drop by drop", 4.0, headers=False),
        web.drip("/headers-drip", b"drop by drop", 4.0, headers=True),
    ]
    outcome = fetched(run, urls, 2, timeout=0.5)
    for url, what in zip(urls, ("body", "headers"), strict=True):
        assert not isinstance(outcome.value.get(url), bytes), (
            f"A server sent its {what} a byte at a time, for 4 s in all; with timeout=0.5 it was fetched to its end."
            " A socket's timeout begins anew with every byte; this one runs from the connect to the last byte."
        )
        assert_failed(
            outcome.value, [url], f"A server whose {what} dripped for longer than timeout"
        )
    assert outcome.seconds == about(0.5, not_=4), "Two answers drip for 4 s, the timeout is 0.5 s:"


def test_waiting_for_its_turn_does_not_use_up_a_timeout(run, web):
    bodies = {web.page(f"/{n}", b"body", seconds=0.1): b"body" for n in range(11)}
    answers = fetched(run, list(bodies), 1, timeout=1.0).value
    lost = [url for url in bodies if is_error(answers.get(url))]
    assert not lost, (
        "11 pages of 0.1 s each, one at a time, with timeout=1.0. Each was quick, yet"
        f" {', '.join('/' + url.rpartition('/')[2] for url in lost)} failed: {answers[lost[0]]!r}."
        " A request's time begins with its connect, not with the call of fetch_all."
    )
    assert_fetched(answers, bodies, "11 pages, one at a time")
