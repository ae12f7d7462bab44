"""`kata cost --table`: a book's table, measured here."""

import json
import os
import select
from contextlib import closing

import pytest
from click.testing import CliRunner

from dojo import monitoring
from dojo.cli import main
from dojo.monitoring import Cell, Watched

needs_poll = pytest.mark.skipif(not hasattr(select, "poll"), reason="needs poll")
needs_epoll = pytest.mark.skipif(not hasattr(select, "epoll"), reason="needs epoll")


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(monitoring, "SECONDS", 0.1)


@pytest.fixture(params=["eventfd", "pipes"])
def kind(request, monkeypatch):
    """With event counters, and as it is where there are none."""
    if request.param == "pipes":
        monkeypatch.delattr(os, "eventfd", raising=False)
    elif not hasattr(os, "eventfd"):
        pytest.skip("needs os.eventfd")


@needs_poll
def test_always_exactly_one_descriptor_is_ready(kind):
    with closing(Watched(200)) as watched:
        assert len(set(watched.fds)) == 200
        poll = select.poll()
        for fd in watched.fds:
            poll.register(fd, select.POLLIN)
        assert poll.poll(0) == []
        seen = set()
        with closing(watched.one_after_another()) as ready:
            for _ in range(100):
                fd = next(ready)
                assert poll.poll(0) == [(fd, select.POLLIN)]
                seen.add(fd)
        assert poll.poll(0) == []
        assert len(seen) == monitoring.OWN_PIPES


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_all_descriptors_are_closed(kind):
    before = os.listdir("/proc/self/fd")
    with closing(Watched(300)):
        assert len(os.listdir("/proc/self/fd")) >= len(before) + 300
    assert len(os.listdir("/proc/self/fd")) == len(before)


@needs_epoll
def test_poll_and_select_pay_for_each_descriptor_and_epoll_does_not(fast, kind):
    cells = {
        (c.mechanism, c.descriptors): c.seconds
        for c in monitoring.measure(lambda _: None, (10, 500))
    }
    assert cells["poll", 500] > 5 * cells["poll", 10]
    assert cells["select", 500] > 5 * cells["select", 10]
    assert cells["epoll", 500] < cells["poll", 500] / 5
    assert cells["epoll", 500] < 5 * cells["epoll", 10]


@needs_epoll
def test_a_large_set_goes_to_c(fast):
    with closing(Watched(1500)) as watched:
        with pytest.raises(ValueError, match="filedescriptor out of range"):
            select.select(watched.fds, [], [], 0)
        wait, _ = monitoring._raw_select(watched.fds) if ready_now(watched) else (None, None)
        cell = monitoring._cell("select", watched)
    assert wait is not None
    assert cell.raw and cell.seconds > 0


def ready_now(watched):
    os.write(watched._write_ends[watched.fds[700]], (1).to_bytes(8, "little"))
    return True


def test_what_a_system_lacks_is_said_in_its_place(fast, monkeypatch):
    monkeypatch.setitem(monitoring.BOOK, "no_such_call", (1, 2, 3, 4))
    cells = monitoring.measure(lambda _: None, (10,))
    assert cells[-1] == Cell("no_such_call", 10, why="this system has no no_such_call")
    assert "- no_such_call at 10: this system has no no_such_call" in monitoring.text(cells)
    monitoring.svg(cells)


def test_too_few_descriptors_are_said(monkeypatch):
    monkeypatch.setattr(monitoring, "need_descriptors", lambda wanted: f"needs {wanted} of them")
    cells = monitoring.measure(lambda _: None, (1000,))
    assert [cell.why for cell in cells] == ["needs 1120 of them"] * 3
    assert "- poll at 1,000, select at 1,000, epoll at 1,000: needs 1120" in "\n".join(
        monitoring.text(cells)
    )


def test_both_tables_stand_side_by_side():
    cells = [
        Cell(mechanism, size, 0.5, 100_000 if size < 1000 else 500, raw=size > 1000)
        for size in monitoring.SIZES
        for mechanism in monitoring.BOOK
    ]
    above, head, _, *rows = monitoring.text(cells)
    assert above.split() == ["here", "the", "book"]
    assert head.split() == ["N", "poll", "select", "epoll", "|", "poll", "select", "epoll"]
    assert rows[0].split() == ["10", "0.50", "0.50", "0.50", "|", "0.61", "0.73", "0.41"]
    assert rows[2].split()[1:4] == ["0.50~"] * 3
    assert rows[3].split() == ["10,000", *["0.50~*"] * 3, "|", "990", "930", "0.66"]


def test_the_command_gives_one_json_object(fast, monkeypatch):
    monkeypatch.setattr(monitoring, "SIZES", (10, 100))
    monkeypatch.setattr(monitoring.measure, "__defaults__", ((10, 100),))
    result = CliRunner().invoke(main, ["cost", "--table", "--json"], prog_name="kata")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["version"] == 1 and data["operations"] == 100_000
    assert [(c["mechanism"], c["descriptors"]) for c in data["cells"]] == [
        (mechanism, size) for size in (10, 100) for mechanism in ("poll", "select", "epoll")
    ]
    assert data["cells"][0]["book_seconds"] == 0.61
