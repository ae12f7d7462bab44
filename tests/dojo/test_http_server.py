"""The fixture `web`: an HTTP server with manners, which notes who asked when."""

import contextlib
import threading
import time
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from dojo.katas import Curriculum
from dojo.report import explain
from dojo.scenarios import Run
from dojo.submission import Submission

_opener = build_opener(ProxyHandler({}))


def fetch(url, timeout=10):
    with _opener.open(url, timeout=timeout) as response:
        return response.read()


def fetch_together(*urls):
    def one(url):
        with contextlib.suppress(OSError):
            fetch(url)

    threads = [threading.Thread(target=one, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_each_page_has_its_body(web):
    body = bytes(range(256)) * 1000
    one, other = web.page("/one", b"1"), web.page("/other", body)
    assert fetch(one) == b"1"
    assert fetch(other) == body
    assert [(r.path, r.served) for r in web.requests] == [("/one", True), ("/other", True)]


def test_a_status_and_a_page_that_is_not_there(web):
    gone = web.page("/gone", b"", status="410 Gone")
    for url, code in ((gone, 410), (gone + "/nowhere", 404)):
        with pytest.raises(HTTPError) as caught:
            fetch(url)
        assert caught.value.code == code
        caught.value.close()


def test_requests_in_flight_are_counted(web):
    meet = {"seconds": 10, "until": lambda: web.most_in_flight == 3}
    fetch_together(*(web.page(f"/{n}", b"x", **meet) for n in range(3)))
    assert web.most_in_flight == 3
    assert web.in_flight == 0
    assert len(web.story.spans) == 3


def test_a_request_is_over_before_its_last_byte_is_there(web):
    urls = [web.page(f"/{n}", b"x") for n in range(100)]
    for url in urls:
        fetch(url)
    assert web.most_in_flight == 1


def test_a_page_waits_for_seconds_or_for_an_event(web):
    slow = web.page("/slow", b"x", seconds=0.3, early=True)
    began = time.perf_counter()
    assert fetch(slow) == b"x"
    assert time.perf_counter() - began >= 0.3
    waits = web.page("/waits", b"x", seconds=10, until=lambda: web.over("/slow"))
    assert fetch(waits) == b"x"
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("headers", [True, False])
def test_a_drip_arrives_whole(web, headers):
    assert fetch(web.drip("/drip", b"drop", 0.2, headers=headers)) == b"drop"
    assert web.over("/drip") and web.requests[0].served


def test_a_client_that_lets_go_ends_its_request(web):
    with pytest.raises(OSError):
        fetch(web.hang("/hang", 30), timeout=0.2)
    deadline = time.monotonic() + 5
    while not web.over("/hang") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert web.over("/hang") and not web.requests[0].served


def test_a_request_given_up_is_over_before_the_next_begins(web):
    for n in range(20):
        with pytest.raises(OSError):
            fetch(web.hang(f"/{n}", 30), timeout=0.01)
    assert web.most_in_flight == 1


def test_no_proxy_stands_between(web, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "nowhere")
    url = web.page("/a", b"here")
    file = tmp_path / "a1_serial.py"
    file.write_text("", encoding="utf-8")

    def scenario(kata):
        from urllib.request import getproxies, urlopen

        with urlopen(url) as response:
            return response.read(), "http" in getproxies()

    run = Run(Submission(Curriculum().find("a1"), file))
    assert run(scenario).value == (b"here", False)


def test_the_picture_shows_the_requests(web, tmp_path):
    fetch(web.page("/slow", b"x", seconds=0.2))
    submission = Submission(Curriculum().find("a1"), tmp_path / "a1_serial.py")
    assert "/slow" in explain(AssertionError("too slow"), submission, story=web.story)
