"""The pytest plugin: which file is under test, the fixtures for suites, and reports that teach."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil
import pytest

from dojo import report as reports
from dojo import sandbox
from dojo.about import about
from dojo.compare import compare
from dojo.crowd import Crowd
from dojo.failures import Failure, NotWritten
from dojo.host import Hosts
from dojo.http_server import WebServer
from dojo.katas import KATAS, Curriculum, Kata
from dojo.process import adopt_orphans
from dojo.progress import Progress, content
from dojo.scenarios import Run, Story
from dojo.servers import References, Servers
from dojo.submission import Submission
from dojo.trial import at_once
from dojo.upstream import Upstream
from dojo.verdicts import Verdicts

pytest.register_assert_rewrite("tests.server_contract")

_kata = pytest.StashKey[Kata]()
_verdicts = pytest.StashKey[Verdicts]()
_contents = pytest.StashKey[
    dict[str, str]
]()  # what each kata and its suite held when the session began
_in_suite = pytest.StashKey[
    bool
]()  # the test under way is one of a kata's suite, not of the tool's own


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("dojo").addoption(
        "--target",
        default=str(KATAS),
        metavar="DIR",
        help="test the katas of this tree, laid out like katas/ (default), or this one file",
    )
    parser.getgroup("dojo").addoption(
        "--sandbox",
        action="store_true",
        help="for code that you do not trust: it sees no file, process or network but its own (Linux)",
    )


def pytest_configure(config: pytest.Config) -> None:
    target = Path(config.getoption("--target"))
    if not target.exists():
        raise pytest.UsageError(f"--target {target}: there is no such folder or file.")
    adopt_orphans()
    if config.getoption("--sandbox"):
        try:
            sandbox.enter(worker=hasattr(config, "workerinput"))
        except sandbox.Refused as refused:
            raise pytest.UsageError(str(refused)) from None
    config.stash[_verdicts] = Verdicts()
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(config.stash[_verdicts], "dojo-verdicts")
        config.stash[_contents] = {kata.id: content(kata) for kata in Curriculum().katas}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`."""
    return at_once()


@pytest.hookimpl(tryfirst=True)  # before -k takes tests away
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    katas = {path: _kata_of(path) for path in {item.path for item in items}}
    sizes = Counter(item.path for item in items)
    places: Counter[Path] = Counter()
    for item in items:
        places[item.path] += 1
        if kata := katas[item.path]:
            item.stash[_kata] = kata
            item.user_properties += [("kata", kata.id), ("tests", sizes[item.path])]
            item.user_properties.append(("place", places[item.path]))
            if item.get_closest_marker("observation"):
                item.user_properties.append(("observation", True))


def _kata_of(suite: Path) -> Kata | None:
    return next((kata for kata in Curriculum().katas if kata.suite == suite), None)


# -- fixtures -----------------------------------------------------------------------------------------------


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Submission:
    """The file under test."""
    kata = request.node.stash[_kata]
    target = Path(request.config.getoption("--target")).absolute()
    return Submission(kata, target if target.is_file() else target / kata.relative)


@pytest.fixture
def run(submission: Submission) -> Run:
    """`run(scenario)` runs scenario(kata) in a child process and gives its Outcome."""
    return Run(submission)


@pytest.fixture
def server(submission: Submission) -> Iterator[Servers]:
    """`server()` starts the kata's `serve` in a child process; it is ended with the test."""
    servers = Servers(submission)
    yield servers
    servers.end()


@pytest.fixture
def reference(submission: Submission) -> Iterator[References]:
    """`reference("d2")` starts that kata's reference server, to compare with; options as of `server`."""
    references = References()
    yield references
    references.end()


@pytest.fixture
def crowd() -> Iterator[Any]:
    """`with crowd(server, clients=50) as clients:` connects that many clients, all played by this thread."""
    return Crowd


@pytest.fixture
def web() -> Iterator[WebServer]:
    """`web` is an HTTP server in the judge's own process; `web.page("/a", b"…")` gives an address to fetch."""
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def host() -> Iterator[Hosts]:
    """`host(last_word=b"hello", seconds=1)` is an upper-echo server in the judge's own process, for clients."""
    hosts = Hosts()
    yield hosts
    hosts.close()


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """`note("a client costs 40 KiB")` tells the learner what was measured, whether the test is red or green."""
    return lambda sentence: request.node.user_properties.append(("note", sentence))


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """`upstream` is the server behind a relay; `upstream.pair(people)` gives a client and the relay's far end."""
    far = Upstream()
    yield far
    far.close()


@pytest.fixture
def clients(request: pytest.FixtureRequest) -> int:
    """How many clients the suite's crowd has: its `CLIENTS`."""
    return request.module.CLIENTS


# -- reports ------------------------------------------------------------------------------------------------


def pytest_assertrepr_compare(
    config: pytest.Config, op: str, left: object, right: object
) -> list[str] | None:
    if op != "==" or not config.stash.get(_in_suite, False):
        return None
    if isinstance(right, about) and isinstance(left, (int, float)):
        return ["", *right.explain(left)]
    return ["", *compare(left, right)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    item.config.stash[_in_suite] = _kata in item.stash
    yield
    if _kata in item.stash and (server := item.funcargs.get("server")):
        server.confirm()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if _kata in item.stash and report.failed and call.excinfo is not None:
        run, server = (item.funcargs.get(name) for name in ("run", "server"))
        error = _for_learners(call.excinfo.value, server)
        if isinstance(error, AssertionError):
            submission = item.funcargs["submission"]
            teller = server or run
            artist = _artist(item)
            report.longrepr = reports.explain(
                error,
                submission,
                story=artist.story if artist else Story(),
                output=teller.output if teller else "",
                called=run.called if run else ["serve"],
            )
            report.user_properties.append(("kind", getattr(error, "kind", "failed")))
        report.sections.clear()
    if report.when == "call" and item.get_closest_marker("trace"):
        artist = _artist(item)
        story = artist.whole_story if artist else Story()
        pictures = ["\n".join(lines) for lines in reports.pictures(story)]
        if report.passed and report.capstdout.strip():  # a test may print a picture of its own
            pictures.append(report.capstdout.rstrip())
        report.user_properties.append(("picture", "\n\n".join(pictures)))
    return report


def _for_learners(error: BaseException, server: Servers | None) -> BaseException:
    """Why the test is red in the learner's terms: what a client met may only be the consequence of a server's end."""
    if server and isinstance(error, (AssertionError, OSError, HTTPException, psutil.Error)):
        if reason := server.over():
            return reason
        if not isinstance(error, AssertionError):  # out of a real client: http.client, requests
            return Failure(f"A client met {type(error).__name__}: {error}")
    return error


def _artist(item: pytest.Item) -> Any:
    """Whose story is the picture: what the clients met, if there is a server for them; else what ran."""
    found = (item.funcargs.get(name) for name in ("web", "host", "server", "run"))
    return next(filter(None, found), None)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for reported in terminalreporter.stats.values():
        for report in reported:
            notes = dict(getattr(report, "user_properties", ()))
            if getattr(report, "when", None) == "call" and "note" in notes:
                terminalreporter.write_line(notes["note"])


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> Any:
    if report.failed and dict(report.user_properties).get("kind") == NotWritten.kind:
        return "failed", "n", "NOT WRITTEN"
    return None


class Hooks:
    @staticmethod
    @pytest.hookspec(firstresult=True)
    def pytest_dojo_warn(config: pytest.Config, sentence: str) -> bool:
        """Tell the learner `sentence`, which is about no test; whoever has told it returns True."""
        raise NotImplementedError


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_dojo_warn(config: pytest.Config, sentence: str) -> bool:
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):
        terminal.write_line(sentence, yellow=True)
    else:
        print(sentence, file=sys.__stderr__)
    return True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remember the verdicts on the learner's own files, each only when its whole suite has run."""
    config = session.config
    if hasattr(config, "workerinput") or Path(config.getoption("--target")).resolve() != KATAS:
        return
    verdicts = config.stash[_verdicts]
    progress = Progress(
        warn=lambda sentence: config.hook.pytest_dojo_warn(config=config, sentence=sentence)
    )
    all_collected = not any("::" in argument for argument in config.args)
    for entry in verdicts.katas:
        kata = Curriculum().find(entry["kata"])
        whole = all_collected and len(entry["tests"]) == verdicts.suite_size(kata.id)
        if whole or entry["verdict"] != "passed":
            progress.record(kata, entry["verdict"], config.stash[_contents][kata.id])
