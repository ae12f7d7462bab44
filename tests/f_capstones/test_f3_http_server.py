"""f3: HTTP/1.1 for any WSGI app, on one selector, met by clients that never heard of it.

RFC 9112 (HTTP/1.1) and RFC 9110 (HTTP semantics) decide; each test names its section. The tests are steps: a single
request, connections that go on, bodies, what is refused, many clients, and in the end the real world.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import time

import pytest

from dojo.http_client import Caller
from dojo.mechanism import waits_in
from dojo.suite import Failure
from tests.server_contract import COME_AND_GONE, IDLE, RECEIVE_BUFFER, SMALL_BUFFERS

CLIENTS = 300
MIB = 1 << 20
ENDED = (
    3.0  # seconds in which a connection ends that has no more business; a right server needs none
)
DISCARDED = 35.0  # seconds; the longest time for which servers in use discard by default is 30
AFTER = b"GET /after HTTP/1.1\r\nHost: here\r\n\r\n"


def playground():
    """The app of most tests. What it answers tells what it was given."""
    import json

    calls = []

    def app(environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == "/calls":
            return plain(start_response, "\n".join(calls).encode())
        calls.append(f"{method} {path}")
        if path == "/ignore":
            return plain(start_response, b"not read")
        if path == "/fail":
            raise RuntimeError("this app fails, as the test wants it")
        if path == "/fail/at-its-first-piece":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return (1 / 0 for _ in "x")
        if path == "/nothing":
            start_response("204 No Content", [])
            return []
        if path == "/same":
            start_response("304 Not Modified", [("ETag", '"1"')])
            return []
        if path == "/pieces":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return iter([b"one ", b"", b"two ", b"three"])
        if path == "/midway":
            return midway(start_response, ("Content-Length", "100"))
        if path == "/midway/unknown":
            return midway(start_response)
        if path == "/big":
            return plain(start_response, bytes(range(256)) * (1 << 15))
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if path == "/echo":
            return plain(start_response, body)
        told = {name: value for name, value in environ.items() if type(value) is str}
        return plain(start_response, json.dumps({**told, "body": body.decode("latin-1")}).encode())

    def plain(start_response, body):
        fields = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        start_response("200 OK", fields)
        return [body]

    def midway(start_response, *length):
        start_response("200 OK", [("Content-Type", "text/plain"), *length])
        yield b"one "
        raise RuntimeError("this app fails midway, as the test wants it")

    return app


PLAYGROUND = {"app": playground}


def request(path="/", *fields, body=b"", method=None):
    """A right request; `fields` are header lines."""
    method = method or ("POST" if body else "GET")
    lines = [f"{method} {path} HTTP/1.1", "Host: here", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(*chunks, path="/tell", end=b"0\r\n\r\n"):
    """A request whose body comes in these chunks."""
    told = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return request(path, "Transfer-Encoding: chunked", method="POST") + told + end


def told(answer, when=""):
    """What the app at /tell was given, or a Failure that shows the answer instead."""
    try:
        return json.loads(answer.body)
    except ValueError:
        when = f" ({when})" if when else ""
        raise Failure(
            f"A right request{when} was sent. Expected the app's answer, got {answer}."
        ) from None


def calls(running):
    """What the app was called for so far, in order."""
    with Caller(running) as caller:
        return caller.ask(request("/calls")).body.decode().split("\n")


# -- one request


def test_a_request_reaches_the_app_and_its_answer_comes_back(server):
    """RFC 9112, 3 and 5; PEP 3333."""
    with Caller(server(made=PLAYGROUND)) as caller:
        answer = caller.ask(request("/tell/caf%C3%A9%20au%20lait?q=1&r=%20", "X-Mood:  fine "))
    environ = told(answer)
    wanted = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/tell/café au lait".encode().decode("latin-1"),  # PEP 3333: bytes as latin-1
        "QUERY_STRING": "q=1&r=%20",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "here",
        "HTTP_X_MOOD": "fine",
    }
    assert {name: environ.get(name) for name in wanted} == wanted
    assert answer.status == 200, "the app's status"
    assert answer.headers.get("content-type") == "text/plain", "the app's headers"


def test_a_request_may_come_in_any_pieces(server):
    said = request("/tell/1") + request("/echo", body=b"hello") + chunked(b"he", b"y", path="/echo")
    with Caller(server(made=PLAYGROUND)) as caller:
        for n in range(len(said)):
            caller.say(said[n : n + 1])
            time.sleep(0.001)
        first = told(caller.answer(), "in pieces of one byte")["PATH_INFO"]
        heard = [first, caller.answer("POST").body, caller.answer("POST").body]
    assert heard == ["/tell/1", b"hello", b"hey"], "three requests, one byte at a time"


# -- one connection, many requests


def test_a_connection_is_kept_alive(server):
    """RFC 9112, 9.3."""
    with Caller(server(made=PLAYGROUND)) as caller:
        paths = [told(caller.ask(request(f"/tell/{n}")))["PATH_INFO"] for n in range(5)]
    assert paths == [f"/tell/{n}" for n in range(5)]


def test_a_client_that_wants_to_close_hears_the_end(server):
    """RFC 9112, 9.6: after `Connection: close` the answer is the last one."""
    running = server(made=PLAYGROUND)
    with Caller(running) as caller:
        assert told(caller.ask(request("/tell", "Connection: Close")))["PATH_INFO"] == "/tell"
        ended, _ = caller.listen(ENDED)
        assert ended, (
            f"The client said `Connection: close`, was answered, and {ENDED:g} s later nobody has closed."
        )


def test_an_http_1_0_client_gets_no_chunks_and_hears_the_end(server):
    """RFC 9112, 6.1 and 9.3: HTTP/1.0 knows no chunks, needs no Host, and closes unless asked otherwise."""
    running = server(made=PLAYGROUND)
    with Caller(running) as caller:
        answer = caller.ask(b"GET /pieces HTTP/1.0\r\n\r\n")
        assert "transfer-encoding" not in answer.headers, (
            "The request said HTTP/1.0, the answer comes in chunks: such a client cannot read them."
        )
        assert (answer.status, answer.body) == (200, b"one two three")
        assert caller.listen(ENDED)[0], f"Not closed {ENDED:g} s after the answer."
    with Caller(running) as caller:
        assert told(caller.ask(b"GET /tell HTTP/1.0\r\n\r\n"))["PATH_INFO"] == "/tell"
        assert caller.listen(ENDED)[0], (
            f"The app told how long its answer is, the client said HTTP/1.0 and no `Connection: keep-alive`: not closed"
            f" {ENDED:g} s after the answer. Such a client may wait for the end."
        )


def test_requests_may_be_pipelined(server):
    """RFC 9112, 9.3.2: sent without waiting for answers, which come in the same order."""
    said = [request(f"/tell/{n}") for n in range(20)]
    said += [request("/tell/20", body=b"20"), chunked(b"2", b"1", path="/tell/21")]
    said += [request(f"/tell/{n}") for n in range(22, 40)]
    with Caller(server(made=PLAYGROUND)) as caller:
        caller.say(b"".join(said))
        paths = []
        for n in range(40):
            try:
                paths.append(told(caller.answer())["PATH_INFO"])
            except Failure as failure:
                raise caller.server.blame(
                    f"40 requests came in one packet, and {n} were answered. What is left when a request has been"
                    f" taken out is the beginning of the next. {failure}"
                ) from None
    assert paths == [f"/tell/{n}" for n in range(40)]


def test_a_client_that_ends_its_sending_side_gets_its_answers(server):
    """RFC 9112, 9.6: it may close one side only."""
    with Caller(server(made=PLAYGROUND)) as caller:
        caller.say(request("/tell/1") + request("/tell/2")).finish()
        paths = [told(caller.answer())["PATH_INFO"] for _ in range(2)]
        assert paths == ["/tell/1", "/tell/2"]
        assert caller.rest() == b"", "after the answers comes the end"


def test_answers_of_every_kind_leave_the_connection_in_step(server):
    """RFC 9112, 6.3: HEAD, 204 and 304 have no body, whatever the app says; an unknown length is chunked or closed."""
    with Caller(server(made=PLAYGROUND)) as caller:
        said = [
            request("/tell/0", method="HEAD"),
            request("/nothing"),
            request("/same"),
            request("/tell/3"),
        ]
        caller.say(b"".join(said))
        heard = [caller.answer("HEAD").status, caller.answer().status, caller.answer().status]
        assert heard == [200, 204, 304]
        assert told(caller.answer())["PATH_INFO"] == "/tell/3"
        answer = caller.ask(request("/pieces"))
        assert answer.body == b"one two three", "an app that yields pieces, an empty one among them"
        if "content-length" in answer.headers or "transfer-encoding" in answer.headers:
            assert told(caller.ask(request("/tell/5")))["PATH_INFO"] == "/tell/5"
        else:
            caller.rest()  # then only the end can tell where the body ends


# -- bodies


def test_a_body_of_known_length_reaches_the_app(server):
    """RFC 9112, 6.2."""
    body = bytes(range(256)) * 400
    with Caller(server(made=PLAYGROUND)) as caller:
        environ = told(caller.ask(request("/tell", "Content-Type: a/b", body=body)))
        assert environ["body"].encode("latin-1") == body
        assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"]) == (str(len(body)), "a/b")
        empty = told(caller.ask(request("/tell", "Content-Length: 0", method="POST")))
        assert empty["body"] == "", "an empty body"


def test_a_body_that_the_app_does_not_read_is_no_request(server):
    running = server(made=PLAYGROUND)
    with Caller(running) as caller:
        caller.say(request("/ignore", body=AFTER) + request("/tell"))
        assert caller.answer("POST").body == b"not read"
        path = told(caller.answer(), "behind the body that the app did not read")["PATH_INFO"]
        assert path == "/tell", (
            f"A POST to /ignore had a body that the app did not read; behind it came a request for /tell, and {path}"
            " was answered, which stands in the body."
        )
    assert calls(running) == ["POST /ignore", "GET /tell"], "what the app was called for"


def test_a_body_in_chunks_reaches_the_app_decoded(server):
    """RFC 9112, 7.1: sizes are hexadecimal in any case, extensions are ignored, trailers are no part of the body."""
    chunks = (
        b"5\r\nhello\r\n"
        b"A;why=because\r\n, chunks\r\n\r\n"
        b'00a;quoted="a;b"\r\n0123456789\r\n'
        b"000\r\nX-Trailer: yes\r\nX-Other: too\r\n\r\n"
    )
    head = request("/tell", "Transfer-Encoding: Chunked", method="POST")
    with Caller(server(made=PLAYGROUND)) as caller:
        caller.say(head + chunks + request("/tell/2"))
        environ = told(caller.answer("POST"), "with a body in chunks")
        assert environ.get("CONTENT_LENGTH") == "25", (
            f"The app was given CONTENT_LENGTH {environ.get('CONTENT_LENGTH')!r}, the decoded body has '25'."
        )
        assert environ["body"] == "hello, chunks\r\n0123456789", "the decoded body"
        assert "HTTP_TRANSFER_ENCODING" not in environ, (
            "the body has been decoded, so the app must not see how it was coded"
        )
        assert told(caller.answer(), "behind the chunks")["PATH_INFO"] == "/tell/2"


def test_the_app_is_called_when_the_body_is_whole(server):
    running = server(made=PLAYGROUND)
    with Caller(running) as one, Caller(running) as other:
        one.say(request("/tell/length", body=b"hello")[:-1])
        other.say(chunked(b"hello", path="/tell/chunks", end=b"0\r\n"))
        time.sleep(0.1)
        assert calls(running) == [""], (
            "Half of a body had come, by length or in chunks, and the app was called already."
        )
        one.say(b"!")
        other.say(b"\r\n")
        bodies = [told(one.answer("POST"))["body"], told(other.answer("POST"))["body"]]
        assert bodies == ["hell!", "hello"]


@pytest.mark.parametrize("how", ["Content-Length: 5", "Transfer-Encoding: chunked"])
def test_a_client_that_waits_for_100_continue_hears_it(server, how):
    """RFC 9110, 10.1.1."""
    body = b"hello" if "5" in how else b"5\r\nhello\r\n0\r\n\r\n"
    head = request("/echo", "Expect: 100-continue", how, method="POST")
    with Caller(server(made=PLAYGROUND)) as caller:
        caller.say(head)
        try:
            heard = caller.interim()
        except Failure as failure:
            raise caller.server.blame(
                f"A client said `Expect: 100-continue` and keeps its body until it hears `HTTP/1.1 100`. {failure}"
            ) from None
        assert re.match(rb"HTTP/1\.1 100 ", heard), (
            f"It waits for `HTTP/1.1 100`, and heard {heard!r}."
        )
        assert caller.say(body).answer("POST").body == b"hello"
        caller.say(head + body)  # it need not wait
        assert caller.answer("POST").body == b"hello"


# -- what is refused


def refused(running, cases, *allowed):
    """Each of `cases`, bytes by what is wrong with them, is answered with an `allowed` status, then the end comes."""
    wrong = []
    for reason, said in cases.items():
        with Caller(running) as caller:
            try:
                status = caller.say(said).answer().status
            except Failure as failure:
                raise Failure(
                    f"{reason}: expected {_either(allowed)}. {failure}",
                    failure.places,
                    failure.stacks,
                ) from None
            ended, heard = caller.listen(ENDED)
        if status not in allowed:
            wrong.append(f"{reason}: expected {_either(allowed)}, got {status}")
        elif heard.startswith(b"HTTP/"):
            line = heard.partition(b"\r\n")[0].decode("latin-1")
            wrong.append(f"{reason}: after {status} the connection goes on, {line!r} came next")
        elif not ended:
            wrong.append(
                f"{reason}: after {status} the connection is not closed within {ENDED:g} s"
            )
    assert not wrong, "; ".join(wrong)


def _either(statuses):
    return " or ".join(map(str, statuses))


def test_a_malformed_request_line_is_refused_with_400(server):
    """RFC 9112, 3."""
    running = server(made=PLAYGROUND)
    rest = b"\r\nHost: here\r\n\r\n" + AFTER
    lines = {
        "one word": b"hello",
        "no method": b" / HTTP/1.1",
        "a method that is no token": b"G(E)T / HTTP/1.1",
        "four words": b"GET / and HTTP/1.1",
        "another protocol": b"GET / FTP/1.1",
        "something behind the version": b"GET / HTTP/1.1x",
    }
    refused(running, {reason: line + rest for reason, line in lines.items()}, 400)
    assert calls(running) == [""], "the app must not be called"


def test_a_refusal_is_a_whole_answer(server):
    """RFC 9112, 4 to 6: a status line, fields, an empty line, and no more body than is announced."""
    with Caller(server(made=PLAYGROUND)) as caller:
        said = caller.say(b"oops\r\n\r\n").rest(ENDED)
    head, empty, body = said.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    assert re.fullmatch(rb"HTTP/1\.[01] 400( [^:]*)?", line), f"its status line is {line!r}"
    assert empty, f"no empty line ends its headers: {said!r}"
    wrong = [field for field in fields if not re.fullmatch(rb"[!#-'*+.0-9A-Z^-z|~-]+:.*", field)]
    assert not wrong, f"{wrong[0]!r} is no header"
    told = dict(field.lower().split(b":", 1) for field in fields)
    if b"content-length" in told:
        assert len(body) == int(told[b"content-length"]), f"its body, {body!r}"


def test_a_malformed_header_is_refused_with_400(server):
    """RFC 9112, 5 and 5.1: a space before the colon above all, since others read another name there."""
    running = server(made=PLAYGROUND)
    lines = {
        "a header without a colon": "hello",
        "a header without a name": ": hello",
        "a space before the colon": "Content-Length : 5",
    }
    refused(running, {why: request("/", line) + AFTER for why, line in lines.items()}, 400)
    assert calls(running) == [""], "the app must not be called"


def test_a_header_may_come_twice(server):
    """RFC 9110, 5.3: only some, like Host, may not."""
    with Caller(server(made=PLAYGROUND)) as caller:
        said = request("/tell", "Accept: text/html", "X-Mood: fine", "Accept: text/plain")
        told(caller.ask(said), "with two lines for Accept")


def test_an_underscore_makes_it_another_header(server):
    """In the app's environ both would be called alike: Content_Length is no Content-Length, nor is X_Host a Host."""
    with Caller(server(made=PLAYGROUND)) as caller:
        caller.say(
            request("/tell", "Content_Length: 10", "Transfer_Encoding: chunked", "X-Mood: fine")
        )
        caller.say(request("/tell/behind"))
        answer = told(caller.answer(), "with a header called Content_Length")
        assert (answer["body"], answer.get("HTTP_X_MOOD")) == ("", "fine"), "the body, and X-Mood"
        assert told(caller.answer(), "right behind it")["PATH_INFO"] == "/tell/behind"


def test_a_missing_or_double_host_is_refused_with_400(server):
    """RFC 9112, 3.2."""
    running = server(made=PLAYGROUND)
    cases = {
        "no Host": b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n" + AFTER,
        "two Hosts": request("/", "Host: there") + AFTER,
        "the same Host twice": request("/", "HOST: here") + AFTER,
    }
    refused(running, cases, 400)
    assert calls(running) == [""], "the app must not be called"


def test_a_bad_content_length_is_refused_with_400(server):
    """RFC 9110, 8.6: digits, nothing else. `int` takes a lot more."""
    running = server(made=PLAYGROUND)
    values = ["", "-1", "+5", "1_0", "0x5", "5.0", "five", "\xb2", "5 5", "5, 6", "5, 6, 5"]
    cases = {
        f"Content-Length {value!r}": request("/", f"Content-Length: {value}", method="POST") + AFTER
        for value in values
    }
    refused(running, cases, 400)
    assert calls(running) == [""], "the app must not be called"


def test_two_lengths_that_disagree_are_refused_with_400(server):
    """RFC 9112, 6.3: whoever reads one length where a proxy reads the other takes a body for a request (smuggling)."""
    running = server(made=PLAYGROUND)
    length, other = f"Content-Length: {len(AFTER) + 5}", "Content-Length: 5"
    chunks = "Transfer-Encoding: chunked"
    body = b"0\r\n\r\n" + AFTER
    cases = {
        "Content-Length twice, first the longer": request("/", length, other, method="POST") + body,
        "Content-Length twice, first the shorter": request("/", other, length, method="POST")
        + body,
        "Content-Length, then Transfer-Encoding": request("/", length, chunks, method="POST")
        + body,
        "Transfer-Encoding, then Content-Length": request("/", chunks, length, method="POST")
        + body,
    }
    refused(running, cases, 400)
    assert calls(running) == [""], (
        "the app must not be called, neither for the request nor for what was hidden in it"
    )


def test_a_malformed_chunk_is_refused_with_400(server):
    """RFC 9112, 7.1: a size is hexadecimal digits. `int(size, 16)` takes a lot more."""
    running = server(made=PLAYGROUND)
    sizes = [b"", b"hello", b"-5", b"+5", b"0x5", b"0_5", b";5"]
    cases = {
        f"chunk size {size.decode()!r}": chunked(end=size + b"\r\nhello\r\n0\r\n\r\n") + AFTER
        for size in sizes
    }
    cases["a chunk longer than its size"] = chunked(end=b"3\r\nhello\r\n0\r\n\r\n") + AFTER
    cases["a chunk shorter than its size"] = chunked(end=b"6\r\nhello\r\n0\r\n\r\n") + AFTER
    cases["two other bytes where CRLF ends a chunk"] = chunked(end=b"5\r\nhello!!0\r\n\r\n") + AFTER
    refused(running, cases, 400)
    assert calls(running) == [""], "the app must not be called"


def test_an_unknown_transfer_coding_is_refused_with_501(server):
    """RFC 9112, 6.1."""
    running = server(made=PLAYGROUND)
    field = "Transfer-Encoding: {}".format
    body = b"5\r\nhello\r\n0\r\n\r\n" + AFTER
    cases = {
        f"Transfer-Encoding {coding!r}": request("/", field(coding), method="POST") + body
        for coding in ("gzip, chunked", "secret, chunked")
    }
    refused(running, cases, 501)
    # Without chunks at its end such a body has no length, for which the RFC has 400 (6.3).
    cases = {
        f"Transfer-Encoding {coding!r}": request("/", field(coding), method="POST") + body
        for coding in ("gzip", "xchunked", "chunkedx")
    }
    # Lines with one name are one list (RFC 9110, 5.3): neither the first line nor the last one decides.
    for codings in (("gzip", "chunked"), ("chunked", "gzip")):
        fields = [field(coding) for coding in codings]
        cases[f"two lines, {' and '.join(fields)}"] = request("/", *fields, method="POST") + body
    refused(running, cases, 501, 400)
    assert calls(running) == [""], "the app must not be called"


def test_unknown_methods_are_the_apps_business(server):
    with Caller(server(made=PLAYGROUND)) as caller:
        methods = ["BREW", "PATCH", "M-SEARCH", "get"]
        heard = [
            told(caller.ask(request("/tell", method=method)), method)["REQUEST_METHOD"]
            for method in methods
        ]
    assert heard == methods


def test_http_2_and_up_is_refused_with_505(server):
    """RFC 9110, 15.6.6; 400 will do, too."""
    rest = b"\r\nHost: here\r\n\r\n"
    cases = {
        "HTTP/2.0": b"GET / HTTP/2.0" + rest + AFTER,
        "HTTP/3.0": b"GET / HTTP/3.0" + rest + AFTER,
        "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    }
    running = server(made=PLAYGROUND)
    refused(running, cases, 505, 400)
    assert calls(running) == [""], "the app must not be called"


def test_too_long_a_head_is_refused_with_431(server):
    """RFC 6585, 5 and RFC 9110, 15.5.15 (414): `max_header` is for request line and headers together."""
    running = server(made=PLAYGROUND, max_header=2000)
    many = [f"X-{n}: {'x' * 90}" for n in range(40)]
    cases = {
        "a long header": request("/", f"X-Long: {'x' * 4000}"),
        "many short headers": request("/", *many),
        "a long request line": request(f"/{'x' * 4000}"),
        "a header that never ends": request("/", f"X-Long: {'x' * 6000}")[:-4],
        "a request line that never ends": b"GET /" + b"x" * 6000,
        "a word that never ends": b"x" * 6000,
    }
    refused(running, cases, 431, 414)
    assert calls(running) == [""], "the app must not be called"


def test_a_head_within_the_limit_is_no_matter_of_what_comes_with_it(server):
    """The limit is one head's own: neither a body nor the next requests count, though one packet brings them all."""
    with Caller(server(made=PLAYGROUND, max_header=2000)) as caller:
        field, body = f"X-Long: {'x' * 1200}", b"y" * 5000
        caller.say(request("/tell/0", field, body=body) + request("/tell/1", field) * 20)
        when = "max_header 2,000; the head 1,300, with a body of 5,000, and more requests behind"
        assert len(told(caller.answer("POST"), when)["body"]) == 5000
        assert [caller.answer().status for _ in range(20)] == [200] * 20


def test_without_limits_given_a_head_has_64_kib_and_a_body_1_mib(server):
    running = server(made=PLAYGROUND)
    with Caller(running) as caller:
        answer = caller.ask(request("/", f"X-Long: {'x' * 65_000}"))
        assert answer.status == 200, f"a head of 65,000 bytes: expected 200, got {answer}"
        answer = caller.ask(request("/echo", body=b"x" * MIB))
        assert answer.status == 200, f"a body of 1,048,576 bytes: expected 200, got {answer}"
    refused(running, {"a head of 66,000 bytes": request("/", f"X-Long: {'x' * 66_000}")}, 431, 414)
    announced = request("/", f"Content-Length: {MIB + 1}", method="POST")
    refused(running, {"a body of 1,048,577 bytes": announced}, 413)


def test_a_body_up_to_the_limit_is_taken(server):
    with Caller(server(made=PLAYGROUND, max_body=1000)) as caller:
        heard = [
            len(caller.ask(request("/echo", body=b"x" * 1000)).body),
            len(caller.ask(chunked(b"x" * 400, b"y" * 600, path="/echo")).body),
        ]
    assert heard == [1000, 1000], "bodies of exactly max_body bytes, by length and in chunks"


def test_too_long_a_body_is_refused_with_413(server):
    """RFC 9110, 15.5.14: as soon as it is announced, or when the chunks have come to more than `max_body`."""
    running = server(made=PLAYGROUND, max_body=1000)
    announced = request("/", "Content-Length: 1001", method="POST")
    cases = {
        "1,001 bytes announced, none sent": announced,
        "announced, and the client waits": request(
            "/", "Content-Length: 1001", "Expect: 100-continue", method="POST"
        ),
        "announced and sent": announced + b"x" * 1001 + AFTER,
        "chunks of 600 and 600": chunked(b"x" * 600, b"y" * 600) + AFTER,
        "1,500 chunks of 1": chunked(*[b"x"] * 1500),
    }
    refused(running, cases, 413)
    endless = request(
        "/", f"Content-Length: 1{'0' * 5000}", method="POST"
    )  # int() takes 4,300 digits
    refused(running, {"10 ** 5000 bytes announced": endless}, 413, 400)
    assert calls(running) == [""], "the app must not be called"


def test_the_size_of_a_chunk_is_a_claim(server):
    """The limit holds for what is announced and for what comes; nobody waits for 2 ** 60 bytes, or keeps them."""
    running = server(made=PLAYGROUND, max_body=100_000)
    with Caller(running) as caller:
        assert caller.ask(chunked(b"x" * 90_000)).status == 200
        before = running.child.memory()
    with Caller(running) as caller:
        caller.say(chunked(end=b"fffffffffffffff\r\n"))
        piece, sent = b"x" * 65_536, 0
        while sent < 32 * MIB and not caller.broken and not caller.heard_something():
            caller.say(piece)
            sent += len(piece)
        grown = running.child.memory() - before
        assert grown < 8 * MIB, (
            f"max_body is 100,000 bytes, a chunk claims to have 2 ** 60, {sent / MIB:.1f} MiB of it have come, and the"
            f" server's memory grew by {grown / MIB:.1f} MiB."
        )
        status = caller.answer("POST").status
    assert status in (413, 400), f"expected 413, got {status}"


def test_after_413_the_client_may_finish_and_then_read(server):
    """RFC 9112, 9.6: close() with bytes unread sends a reset, and the client never sees why it was refused."""
    with Caller(server(made=PLAYGROUND)) as caller:
        caller.say(request("/", body=b"x" * (6 * MIB)))  # the default limit is 1 MiB
        if caller.broken:
            raise Failure(
                f"A client sent 6 MiB of body, to read its 413 then. While it was sending: {caller.broken}."
                " Answer, end the sending side only, and go on reading for a while."
            )
        assert caller.answer("POST").status == 413
        ended, _ = caller.listen(ENDED)
        assert ended, f"After the 413 comes end-of-file, at once: not within {ENDED:g} s."


def test_after_413_the_rest_is_thrown_away_for_a_bounded_time(server):
    """Neither a client that just goes on sending nor one that just stays may keep a connection for ever."""
    running = server(made=PLAYGROUND, max_body=1000)
    before = sockets_after_a_first_client(running)
    with Caller(running) as sender, Caller(running) as idler:
        for caller in (sender, idler):
            assert caller.ask(request("/", "Content-Length: 5000", method="POST")).status == 413
        began = time.monotonic()
        while running.child.sockets() > before and time.monotonic() - began < DISCARDED:
            sender.say(b"x")
            time.sleep(0.05)
        left = running.child.sockets() - before
        assert left <= 0, (
            f"Two clients were refused with 413; one goes on sending a byte now and then, one does nothing. {left} of"
            f" their connections are still open after {DISCARDED:g} s."
        )


def sockets_after_a_first_client(running):
    """How many sockets the server has open when one client has come and gone."""
    with Caller(running) as first:
        first.ask(request("/tell"))
    running.calm_down()
    return running.child.sockets()


def test_an_app_that_fails_is_answered_with_500(server):
    """RFC 9110, 15.6.1; and the server goes on."""
    running = server(made=PLAYGROUND)
    cases = {
        "the app raises": request("/fail") + AFTER,
        "the app's answer raises before its first piece": request("/fail/at-its-first-piece")
        + AFTER,
    }
    refused(running, cases, 500)
    assert calls(running) == ["GET /fail", "GET /fail/at-its-first-piece"], (
        "the server goes on; what came behind is not answered"
    )


def test_an_app_that_fails_midway_does_not_look_finished(server):
    """RFC 9112, 8: an answer that breaks off must show it; and the server goes on."""
    running = server(made=PLAYGROUND)
    with Caller(running) as caller:
        heard = caller.say(request("/midway") + AFTER).rest()
    if not re.match(
        rb"HTTP/1\.1 500", heard
    ):  # a server that had not sent its head yet may do better
        assert heard.count(b"HTTP/1.1") <= 1, (
            f"the app broke off, and the connection went on with the next answer: {heard[-300:]!r}"
        )
    with Caller(running) as caller:
        heard = caller.say(request("/midway/unknown") + AFTER).rest()
    head = heard.partition(b"\r\n\r\n")[0].lower() + b"\r\n"
    if head.startswith(b"http/1.1 200") and b"\r\ntransfer-encoding: chunked\r\n" in head:
        assert not heard.endswith(b"\r\n0\r\n\r\n"), (
            f"the app broke off, and the last chunk says that this was all: {heard[-100:]!r}"
        )
    assert calls(running) == ["GET /midway", "GET /midway/unknown"], "the server goes on"


def test_what_came_before_a_mistake_is_answered(server):
    """Refusing ends a connection; it does not take back what was right before."""
    with Caller(server(made=PLAYGROUND)) as caller:
        caller.say(request("/tell/1") + request("/tell/2") + b"oops\r\n\r\n" + AFTER)
        heard = [caller.answer().status for _ in range(3)]
        assert heard == [200, 200, 400]
        _, rest = caller.listen(ENDED)
        assert rest == b"", f"After the 400 the connection went on: {rest[:60]!r} came next."


# -- time


def test_headers_that_drip_are_refused_with_408(server):
    """RFC 9110, 15.5.9: `header_timeout` is for the whole head; a byte now and then does not renew it."""
    running = server(made=PLAYGROUND, header_timeout=1.0)
    began, status = time.monotonic(), None
    with Caller(running) as slow, Caller(running) as other:
        slow.say(b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ")
        while time.monotonic() - began < 5 and not slow.broken:
            slow.say(b"x")
            if slow.heard_something(0.1):
                status = slow.answer().status
                break
            if time.monotonic() - began < 0.5:
                assert told(other.ask(request("/tell")))["PATH_INFO"] == "/tell", "somebody else"
        seconds = time.monotonic() - began
        instead = f"but with {status}" if status else "but not at all"
        assert status == 408, (
            f"header_timeout is 1 s; a header came byte by byte for {seconds:.1f} s, and it was not answered with 408,"
            f" {instead}."
        )
        assert seconds > 0.9, f"408 came after {seconds:.1f} s, header_timeout is 1 s."
        ended, _ = slow.listen(ENDED)
        assert ended, f"After 408 the connection is not closed within {ENDED:g} s."


@pytest.mark.parametrize("path", ["/tell", "/big"])
def test_half_a_head_is_refused_with_408_on_a_connection_in_use(server, path):
    """`header_timeout` is for every head, not only for a connection's first."""
    with Caller(server(made=PLAYGROUND, header_timeout=1.5, **SMALL_BUFFERS)) as caller:
        assert caller.ask(request(path)).status == 200
        status = caller.say(b"GET /tell HT").answer().status
        assert status == 408, f"half a request line, and then nothing: expected 408, got {status}"
        ended, _ = caller.listen(ENDED)
        assert ended, f"After 408 the connection is not closed within {ENDED:g} s."


def test_a_connection_in_use_outlives_that_time_and_puts_off_nobody_elses(server):
    """Each head has `header_timeout` to itself, however much is going on meanwhile."""
    running = server(made=PLAYGROUND, header_timeout=1.5)
    with Caller(running) as busy, Caller(running) as slow:
        assert told(busy.ask(request("/tell")))["PATH_INFO"] == "/tell"
        slow.say(b"GET /tell HT")
        began = time.monotonic()
        while (seconds := time.monotonic() - began) < 3.3:
            time.sleep(0.3)
            try:
                told(busy.ask(request("/tell")))
            except Failure as failure:
                failure.args = (
                    "header_timeout is 1.5 s, each head has that to itself, and somebody sent a whole request every"
                    f" 0.3 s on one connection. After {seconds:.1f} s: {failure}",
                )
                raise
        assert slow.heard_something(0.5), (
            f"header_timeout is 1.5 s. A client sent half a head and no more, and heard nothing for {seconds:.1f} s,"
            " while another one sent a request every 0.3 s: that one must not put off the time of others."
        )
        assert (status := slow.answer().status) == 408, f"half a head: expected 408, got {status}"


def test_a_silent_connection_is_closed_without_a_word(server):
    """Nobody has asked, so nobody is answered: not before a first request, and not between two."""
    running = server(made=PLAYGROUND, header_timeout=1.0)
    began = time.monotonic()
    with Caller(running) as silent, Caller(running) as idle:
        assert idle.ask(request("/tell")).status == 200
        ended, heard = silent.listen(1.0 + ENDED)
        seconds = time.monotonic() - began
        assert heard == b"", f"A client that has said nothing heard {heard[:60]!r}."
        assert ended, f"Nothing was said for {seconds:.1f} s, header_timeout is 1 s: not closed."
        assert seconds > 0.9, f"Closed after {seconds:.1f} s, header_timeout is 1 s."
        _, heard = idle.listen(1.0)
        assert heard == b"", (
            f"A client that had been answered and has nothing more to say heard {heard[:60]!r}."
        )


def test_only_headers_have_that_time(server):
    """A head that comes in pieces but in time, and a body that takes longer, are both welcome."""
    running = server(made=PLAYGROUND, header_timeout=1.0)
    with Caller(running) as caller:
        for piece in (b"POST /ec", b"ho HTTP/1.1\r\nHo", b"st: here\r\nContent-Length: 5\r\n\r\n"):
            caller.say(piece)
            time.sleep(0.05)
        caller.say(b"he")
        _, heard = caller.listen(1.6)
        assert heard == b"", (
            "header_timeout is 1 s; the headers came in time and the body takes longer, which it may. The client heard"
            f" {heard[:60]!r}."
        )
        assert caller.say(b"llo").answer("POST").body == b"hello"


def test_a_client_that_reads_slowly_has_that_time_only_for_its_next_head(server):
    running = server(made=PLAYGROUND, header_timeout=1.5, **SMALL_BUFFERS)
    with Caller(running, receive_buffer=RECEIVE_BUFFER) as slow:
        slow.say(request("/big"))
        time.sleep(2.5)
        size = len(slow.answer().body)
        assert size == 8 * MIB, (
            f"header_timeout is 1.5 s; a client took 2.5 s before it read its answer, and got {size:,} bytes of"
            f" {8 * MIB:,}."
        )
        assert told(slow.ask(request("/tell")))["PATH_INFO"] == "/tell", "its next request"


def test_whoever_has_left_is_not_timed_any_more(server):
    """Heads, silence and what comes after a refusal have their times; a closed connection has none."""
    running = server(made=PLAYGROUND, header_timeout=1.0)
    for said in (b"", b"GET /tell HT", b"oops\r\n\r\n"):
        with Caller(running) as caller:
            caller.say(said)
            caller.heard_something(0.1)
    with Caller(running) as caller:
        caller.ask(request("/tell"))
    time.sleep(2.5)
    with Caller(running) as other:
        answer = other.ask(request("/tell"))
        told(answer, "2.5 s after others had left in the middle of this and that")


# -- many clients


def test_everybody_in_a_crowd_is_answered(server):
    running = server(clients=CLIENTS, made=PLAYGROUND)
    crowd = [Caller(running) for _ in range(CLIENTS)]
    try:
        for turn in range(2):
            order = range(CLIENTS) if turn else reversed(range(CLIENTS))
            for n in order:
                crowd[n].say(request(f"/tell/{turn}/{n}"))
            heard = [told(caller.answer())["PATH_INFO"] for caller in crowd]
            assert heard == [f"/tell/{turn}/{n}" for n in range(CLIENTS)]
        threads, offspring = running.child.threads(), running.child.offspring()
        assert threads == 1, f"With {CLIENTS} connected it has {threads} threads, expected 1."
        assert not offspring, f"It has started {len(offspring)} other processes."
        place = waits_in(running.child)
        assert place in ("epoll", "poll", "select", None), (
            f"While idle it waits in {place}, not in a selector."
        )
        used = running.cpu_in(1.0)
        assert used < IDLE, (
            f"Everybody was answered and nobody says anything, yet the server computed for {used:.2f} s in one second:"
            " something wakes it up again and again."
        )
    finally:
        for caller in crowd:
            caller.close()


def test_half_a_request_holds_nobody_up(server):
    running = server(made=PLAYGROUND)
    halves = (b"G", b"GET / HTTP/1.1\r\nHost:", request("/", body=b"hello")[:-1], chunked()[:-1])
    slow = [Caller(running).say(half) for half in (*halves, b"oops\r\n\r\n")]
    with Caller(running) as other:
        assert told(other.ask(request("/tell")))["PATH_INFO"] == "/tell"
        running.calm_down()
        used = running.cpu_in(1.0)
        assert used < IDLE, (
            "Some clients have sent half a head or half a body, one was refused, and nobody says anything more; yet the"
            f" server computed for {used:.2f} s in one second: it asks again and again instead of waiting for the rest."
        )
    for caller in slow:
        caller.close()


def test_a_client_that_does_not_read_holds_nobody_up(server):
    running = server(made=PLAYGROUND, **SMALL_BUFFERS)
    with Caller(running, receive_buffer=RECEIVE_BUFFER) as slow, Caller(running) as other:
        half, rest = request("/echo", body=b"hello")[:-2], b"lo"
        slow.say(request("/big") + request("/tell/behind") + half)
        running.calm_down(limit=3)
        slow.say(rest[:1])
        answer = other.ask(request("/tell"))
        assert told(answer)["PATH_INFO"] == "/tell", "somebody else, meanwhile"
        running.calm_down(limit=2)
        used = running.cpu_in(1.0)
        assert used < IDLE, (
            f"Its only busy client does not read, and the server computed for {used:.2f} s in one second: it asks again"
            " and again instead of waiting until the client reads."
        )
        body = slow.answer().body
        assert len(body) == 8 * MIB, "the whole answer, to a client that had stopped reading"
        assert body == bytes(range(256)) * (1 << 15), "the same bytes"
        when = "behind one for 8 MiB, which the client took its time to read"
        assert told(slow.answer(), when)["PATH_INFO"] == "/tell/behind"
        assert len(other.ask(request("/big")).body) == 8 * MIB, (
            "the same for somebody who reads at once"
        )
        running.calm_down()
        used = running.cpu_in(1.0)
        assert used < IDLE, (
            "Both have read everything, and half a request is all that is there; yet the server computed for"
            f" {used:.2f} s in one second: does it still watch for room to send?"
        )
        assert slow.say(rest[1:]).answer("POST").body == b"hello", "the other half came"


def test_clients_that_vanish_cost_nobody_else_anything(server):
    running = server(made=PLAYGROUND, **SMALL_BUFFERS)
    before = sockets_after_a_first_client(running)
    with Caller(running) as witness:

        def vanish(*sayings):
            for said in sayings:
                for leave in (Caller.reset, Caller.close):
                    for pause in (0, 0.02):
                        caller = Caller(running, receive_buffer=RECEIVE_BUFFER).say(said)
                        time.sleep(pause)
                        leave(caller)
                told(witness.ask(request("/tell")), f"after clients that said {said[:40]!r} left")

        half = request("/", body=b"hello")[:-1]
        vanish(b"", b"GET / HT", half, chunked(b"hello")[:-9], request("/tell"))
        vanish(request("/big"), request("/big") * 3)
        for leave in (Caller.reset, Caller.close):
            caller = Caller(running, receive_buffer=RECEIVE_BUFFER).say(request("/big"))
            running.calm_down(limit=2)  # until it waits for room to send
            leave(caller)
        deadline = time.monotonic() + COME_AND_GONE
        while running.child.sockets() > before + 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        after = running.child.sockets() - 1
        vanish(b"oops\r\n\r\n", request("/", "Content-Length: 1000000000", method="POST"))
    running.check()
    assert after <= before, (
        f"{COME_AND_GONE:g} s after they had left, the server holds {after} sockets; it held {before} after its first"
        " client had come and gone."
    )


# -- the real world


def validated():
    """An app behind wsgiref.validate, which checks a server's side of PEP 3333. /complaints tells what it found."""
    from wsgiref.validate import validator

    complaints = []

    def app(environ, start_response):
        if environ["wsgi.version"] != (1, 0):
            raise AssertionError(f"wsgi.version is {environ['wsgi.version']}, expected (1, 0)")
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(size)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body or b"nothing"]

    checked = validator(app)

    def outer(environ, start_response):
        if environ["PATH_INFO"] == "/complaints":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return ["\n".join(complaints).encode()]
        try:
            return Iteration(checked(environ, start_response))
        except AssertionError as error:
            complaints.append(str(error))
            raise

    class Iteration:
        def __init__(self, iteration):
            self.iteration = iteration

        def __iter__(self):
            return self

        def __next__(self):
            return self.noted(self.iteration.__next__)

        def close(self):
            self.noted(self.iteration.close)

        def noted(self, function):
            try:
                return function()
            except AssertionError as error:
                complaints.append(str(error))
                raise

    return outer


def test_wsgiref_validate_has_nothing_to_say(server):
    running = server(made={"app": validated})
    for said in (
        request("/one?two=three"),
        request("/one", "Content-Type: text/plain", body=b"hello"),
        chunked(b"he", b"llo"),
        request("/", method="HEAD"),
        request("/", "Accept: */*", "Cookie: a=b", "Connection: close"),
    ):
        with Caller(running) as caller:
            answer = caller.ask(said)
            complaints = _complaints(running) if answer.status != 200 else ""
            assert answer.status == 200, complaints
    assert _complaints(running) == "", "what wsgiref.validate complains of (PEP 3333)"
    running.calm_down()  # what it has printed is on its way
    warned = [
        line
        for line in running.child.output.text.splitlines()
        if "WSGIWarning" in line or "garbage collected" in line
    ]
    assert not warned, (
        f"wsgiref.validate printed {warned[0]!r}: an app's answer has a `close`, which is called at its end."
    )


def _complaints(running):
    with Caller(running) as caller:
        return caller.ask(request("/complaints")).body.decode()


def flask_app():
    from flask import Flask, Response, jsonify, redirect, request, session

    app = Flask("shop")
    app.secret_key = "not so secret"

    @app.get("/hello/<name>")
    def hello(name):
        return f"Hello {name}, {request.args.get('mood', 'nobody knows')}"

    @app.post("/sum")
    def sum_up():
        return jsonify(sum=sum(request.get_json()))

    @app.post("/form")
    def form():
        file = request.files.get("file")
        return f"{request.form['name']}:{len(file.read()) if file else 'no file'}"

    @app.post("/upload")
    def upload():
        return str(len(request.get_data()))

    @app.get("/stream")
    def stream():
        return Response(f"{n}\n" * 100 for n in range(100))

    @app.get("/login")
    def login():
        session["name"] = "Ada"
        return redirect("/me")

    @app.get("/me")
    def me():
        return session.get("name", "nobody")

    @app.get("/broken")
    def broken():
        raise RuntimeError("this view fails, as the test wants it")

    return app


STREAMED = "".join(f"{n}\n" * 100 for n in range(100))


@pytest.fixture
def shop(server):
    """The address of a Flask app behind the learner's server."""
    if importlib.util.find_spec("flask") is None:
        pytest.skip('needs Flask: .venv/bin/python -m pip install "flask>=3,<4"')
    running = server(made={"app": flask_app})
    return running, "http://{}:{}".format(*running.address)


def test_flask_is_served_to_http_client(shop):
    import http.client

    running, _ = shop
    client = http.client.HTTPConnection(*running.address, timeout=10)
    heard = []
    for method, path, body, fields in (
        ("GET", "/hello/Ada?mood=fine", None, {}),
        ("POST", "/sum", "[1, 2, 3]", {"Content-Type": "application/json"}),
        ("POST", "/upload", iter([b"x" * 1000] * 50), {}),  # an iterator: http.client sends chunks
        ("HEAD", "/hello/Ada", None, {}),
        ("GET", "/stream", None, {}),
        ("GET", "/missing", None, {}),
        ("GET", "/broken", None, {}),
        ("GET", "/me", None, {}),
    ):
        chunks = body is not None and not isinstance(body, str)
        client.request(method, path, body, fields, encode_chunked=chunks)
        answer = client.getresponse()
        heard.append((answer.status, answer.read().decode()[: len(STREAMED)]))
    client.close()
    statuses = [status for status, _ in heard]
    assert statuses == [200, 200, 200, 200, 200, 404, 500, 200]
    assert heard[0][1] == "Hello Ada, fine"
    assert json.loads(heard[1][1]) == {"sum": 6}
    assert [heard[n][1] for n in (2, 3, 4, 7)] == ["50000", "", STREAMED, "nobody"]


def test_flask_is_served_to_requests(shop):
    if importlib.util.find_spec("requests") is None:
        pytest.skip('needs requests: .venv/bin/python -m pip install "requests>=2.32,<3"')
    import requests

    _, url = shop
    with requests.Session() as session:
        session.trust_env = False  # no proxies
        get, post = session.get, session.post
        hello = get(f"{url}/hello/Grüße", params={"mood": "so la la & gut"}, timeout=10)
        assert hello.text == "Hello Grüße, so la la & gut"
        assert post(f"{url}/sum", json=[1, 2, 3], timeout=10).json() == {"sum": 6}
        form = post(f"{url}/form", data={"name": "Ada"}, files={"file": b"x" * 70_000}, timeout=10)
        assert form.text == "Ada:70000"
        chunks = post(f"{url}/upload", data=iter([b"x" * 1000] * 500), timeout=10)
        assert chunks.text == "500000", "an iterator: requests sends chunks"
        assert get(f"{url}/login", timeout=10).text == "Ada", "a redirect, and a cookie"
        assert get(f"{url}/stream", timeout=10).text == STREAMED
        refused = post(f"{url}/upload", data=b"x" * (4 * MIB), timeout=10)
        assert refused.status_code == 413, "4 MiB, where 1 MiB is allowed"
        assert get(f"{url}/me", timeout=10).text == "Ada", "and it goes on"


def test_flask_is_served_to_curl(shop):
    if shutil.which("curl") is None:
        pytest.skip("needs curl: sudo apt install curl, or your system's package of that name")
    _, url = shop

    def curl(*arguments, data=b""):
        command = ["curl", "-q", "-sS", "-v", "--noproxy", "*", "--http1.1", "--max-time", "20"]
        done = subprocess.run([*command, *arguments], input=data, capture_output=True, timeout=40)
        return done.stdout.decode(), done.stderr.decode("utf-8", "replace")

    mark = "|%{http_code} %{num_connects}\n"
    heard, _ = curl(f"{url}/hello/Ada", f"{url}/hello/curl", "-w", mark)
    assert heard == "Hello Ada, nobody knows|200 1\nHello curl, nobody knows|200 0\n", (
        "two pages over one connection (the last number: how many were opened for it)"
    )
    heard, said = curl("-H", "Expect: 100-continue", "-d", "name=Ada", f"{url}/form")
    assert heard == "Ada:no file"
    assert "< HTTP/1.1 100" in said, "curl waited for 100 Continue in vain"
    heard, _ = curl(
        "-H", "Transfer-Encoding: chunked", "--data-binary", "@-", f"{url}/upload", data=b"x" * 9999
    )
    assert heard == "9999", "in chunks"
    heard, _ = curl(f"{url}/stream")
    assert heard == STREAMED
    heard, _ = curl(
        "--data-binary", "@-", "-o", "-", "-w", mark, f"{url}/upload", data=b"x" * 4 * MIB
    )
    assert heard.rpartition("|")[2].startswith("413"), "4 MiB, where 1 MiB is allowed"


@pytest.mark.parametrize("how", ["keep-alive", "close"])
def test_wrk_has_no_errors_with_a_hundred_connections(server, how):
    if shutil.which("wrk") is None:
        pytest.skip("needs wrk: sudo apt install wrk, or https://github.com/wg/wrk")
    running = server(clients=200, made=PLAYGROUND)
    url = "http://{}:{}/tell".format(*running.address)
    command = ["wrk", "-t1", "-c100", "-d1s", "--timeout", "20s", "-H", f"Connection: {how}", url]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    running.check()
    answered = re.search(r"(\d+) requests in", said)
    assert answered and int(answered[1]) > 0, f"wrk was not answered: {said}"
    errors = re.findall(r"Socket errors.*|Non-2xx.*", said)
    assert not errors, f"wrk reports, after {answered[1]} requests: {errors}"
