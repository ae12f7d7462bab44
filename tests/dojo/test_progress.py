"""The progress file: what counts as done, several terminals, damage and full disks."""

import json
import os
import subprocess
import sys
import time

import pytest

from dojo import files
from dojo.progress import Progress, content


@pytest.fixture
def said():
    return []


@pytest.fixture
def progress(house, said):
    return Progress(warn=said.append)


def test_nothing_is_done_at_first_and_nothing_is_written(house, progress, said):
    assert not any(progress.done(kata) for kata in house.path.katas)
    assert not progress.file.exists()
    assert said == []


def test_a_green_kata_is_done_and_another_terminal_sees_it(house, progress):
    progress.record(house["a1"], "passed")
    assert progress.done(house["a1"])
    assert Progress().done(house["a1"])
    assert Progress().next(house.path) == house["a3"]


@pytest.mark.parametrize("which", ["file", "suite"])
def test_an_edit_takes_the_done_mark_away(house, progress, which):
    progress.record(house["a1"], "passed")
    edited = getattr(house["a1"], which)
    edited.write_text(edited.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert not progress.done(house["a1"])
    assert progress.changed(house["a1"])
    assert progress.next(house.path) == house["a1"]


def test_an_edit_made_while_the_suite_ran_does_not_inherit_its_verdict(house, progress):
    judged = content(house["a1"])
    house.solve("a1")
    progress.record(house["a1"], "passed", judged)
    assert not progress.done(house["a1"])


def test_other_line_ends_are_no_edit(house, progress):
    progress.record(house["a1"], "passed")
    file = house["a1"].file
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert progress.done(house["a1"])


def test_a_red_verdict_is_not_done(house, progress):
    progress.record(house["a1"], "failed")
    assert progress.verdict(house["a1"]) == "failed"
    assert not progress.done(house["a1"])
    assert not progress.changed(house["a1"])


def test_what_this_system_cannot_do_holds_nobody_up(house, progress):
    progress.record(house["a1"], "skipped")
    assert progress.next(house.path) == house["a3"]


def test_nothing_is_next_when_all_is_done(house, progress):
    for kata in house.path.katas:
        progress.record(kata, "passed")
    assert progress.next(house.path) is None


def test_hints_are_counted_beside_the_verdict(house, progress):
    progress.record_hint(house["a1"], 2)
    progress.record(house["a1"], "failed")
    assert Progress().hints(house["a1"]) == 2
    assert Progress().verdict(house["a1"]) == "failed"
    progress.forget(house["a1"])
    assert Progress().hints(house["a1"]) == 0


def test_the_file_can_be_read_by_a_person(house, progress):
    progress.record(house["a1"], "passed")
    text = progress.file.read_text(encoding="utf-8")
    assert '"verdict": "passed"' in text
    assert len(text.splitlines()) > 5


def test_two_terminals_lose_nothing_of_each_other(house):
    one, two = Progress(), Progress()
    one.record(house["a1"], "passed")
    two.record(house["a3"], "passed")
    assert Progress().done(house["a1"])
    assert Progress().done(house["a3"])


WRITER = """\
import sys
from pathlib import Path
from dojo.katas import Kata
from dojo.progress import Progress
for n in range(20):
    id_ = f"{sys.argv[2]}{n}"
    Progress(Path(sys.argv[1])).record(Kata(id_, "x", "X", "none"), "passed")
"""


@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_many_processes_at_once_lose_nothing(tmp_path, damaged):
    file = tmp_path / "progress.json"
    if damaged:
        file.write_text("{", encoding="utf-8")
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file), letter]) for letter in "abcd"
    ]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    assert len(json.loads(file.read_text(encoding="utf-8"))["katas"]) == 80
    assert not list(tmp_path.glob(".*.kata-part"))
    assert len(list(tmp_path.glob("*.damaged.*"))) == damaged


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"katas": 3}', b'{"katas": {"a1": 3}}', b"\xff\xfe", b"[" * 100_000],
)
def test_a_damaged_file_is_set_aside_with_one_sentence(house, said, damage):
    file = house.root / ".dojo" / "progress.json"
    file.parent.mkdir()
    file.write_bytes(damage)
    progress = Progress(warn=said.append)
    assert len(said) == 1 and "damaged" in said[0]
    (aside,) = file.parent.glob("progress.damaged.*.json")
    assert aside.read_bytes() == damage
    progress.record(house["a1"], "passed")
    assert Progress(warn=said.append).done(house["a1"])
    assert len(said) == 1


@pytest.mark.parametrize(
    "entry", [{}, {"verdict": 3, "content": []}, {"hints": "many"}, {"hints": 99}, {"hints": -1}]
)
def test_odd_entries_are_no_progress(house, entry):
    file = house.root / ".dojo" / "progress.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"katas": {"a1": entry}}), encoding="utf-8")
    progress = Progress()
    assert not progress.done(house["a1"])
    assert 0 <= progress.hints(house["a1"]) <= 3
    progress.record(house["a1"], "passed")
    assert progress.done(house["a1"])


def test_a_full_disk_costs_one_sentence_and_not_the_old_file(house, progress, said, monkeypatch):
    progress.record(house["a1"], "passed")
    before = progress.file.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    progress.record(house["a3"], "passed")
    assert len(said) == 1 and "No space left on device" in said[0]
    assert progress.file.read_bytes() == before
    assert not list(progress.file.parent.glob(".*.kata-part"))


def test_what_cannot_be_read_now_is_not_written_over(house, progress, said, monkeypatch):
    progress.record(house["a1"], "passed")
    before = progress.file.read_bytes()

    def broken(_):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(type(progress.file), "read_bytes", broken)
        progress.record(house["a3"], "passed", "as judged")
    assert len(said) == 1 and "Input/output error" in said[0]
    assert progress.file.read_bytes() == before


def test_what_killed_writers_left_is_swept_but_not_what_is_being_written(house, progress):
    progress.record(house["a1"], "passed")
    old, new = (progress.file.with_name(f".progress.json.{n}.kata-part") for n in "12")
    for part in (old, new):
        part.write_text("{", encoding="utf-8")
    os.utime(old, (time.time() - 120,) * 2)
    progress.record(house["a3"], "passed")
    assert not old.exists() and new.exists()


def test_a_folder_that_cannot_be_made_costs_one_sentence(house, progress, said):
    (house.root / ".dojo").write_text("in the way", encoding="utf-8")
    said.clear()
    Progress(warn=said.append).record(house["a1"], "passed")
    assert said and "could not be saved" in said[-1]


def test_a_missing_kata_file_is_nothing_special(house, progress):
    house["a1"].file.unlink()
    progress.record(house["a1"], "error")
    assert progress.verdict(house["a1"]) == "error"
