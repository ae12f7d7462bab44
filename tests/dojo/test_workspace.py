"""`kata reset`: the shipped stub comes back, and the learner's work is never lost."""

import os
import shutil
import subprocess

import pytest

from dojo import files
from dojo.workspace import NothingToReset, reset

MINE = b"def answer():\r\n    return 41  # \xff mine\n"


@pytest.fixture
def stub(house):
    return house["a1"].file.read_bytes()


def test_an_edited_file_becomes_the_stub_and_is_kept(house, stub):
    house["a1"].file.write_bytes(MINE)
    backup = reset(house["a1"])
    assert house["a1"].file.read_bytes() == stub
    assert backup.parent == house.root / ".dojo" / "backups"
    assert backup.name.startswith("a1_one.2")
    assert backup.read_bytes() == MINE


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_committed_work_is_reset_too(house, stub):
    house["a1"].file.write_bytes(MINE)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "solved"]):
        subprocess.run(["git", *who, *command], cwd=house.root, check=True)
    assert reset(house["a1"]).read_bytes() == MINE
    assert house["a1"].file.read_bytes() == stub


def test_two_resets_in_one_second_keep_both_files(house, monkeypatch):
    kept = set()
    for n in range(5):
        house["a1"].file.write_text(f"# {n}\n", encoding="utf-8")
        kept.add(reset(house["a1"]))
    assert sorted(file.read_text(encoding="utf-8") for file in kept) == [
        f"# {n}\n" for n in range(5)
    ]


def test_the_stub_itself_needs_no_backup(house):
    with pytest.raises(NothingToReset):
        reset(house["a1"])
    assert not (house.root / ".dojo").exists()


def test_a_deleted_file_comes_back(house, stub):
    house["a1"].file.unlink()
    assert reset(house["a1"]) is None
    assert house["a1"].file.read_bytes() == stub


def test_without_room_for_the_backup_nothing_changes(house, monkeypatch):
    house["a1"].file.write_bytes(MINE)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError):
        reset(house["a1"])
    assert house["a1"].file.read_bytes() == MINE
    assert not list((house.root / ".dojo" / "backups").iterdir())


def test_without_a_shipped_stub_nothing_changes(house):
    (house.root / "dojo" / "pristine.json").write_text("{}", encoding="utf-8")
    house["a1"].file.write_bytes(MINE)
    with pytest.raises(ValueError, match="no shipped stub"):
        reset(house["a1"])
    assert house["a1"].file.read_bytes() == MINE


def test_a_damaged_list_of_stubs_changes_nothing(house):
    (house.root / "dojo" / "pristine.json").write_text("[", encoding="utf-8")
    house["a1"].file.write_bytes(MINE)
    with pytest.raises(ValueError, match="cannot be read"):
        reset(house["a1"])
    assert house["a1"].file.read_bytes() == MINE


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(house, stub, tmp_path):
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_bytes(MINE)
    house["a1"].file.unlink()
    house["a1"].file.symlink_to(elsewhere)
    reset(house["a1"])
    assert house["a1"].file.is_symlink()
    assert elsewhere.read_bytes() == stub


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_file_keeps_its_mode(house):
    house["a1"].file.write_bytes(MINE)
    house["a1"].file.chmod(0o640)
    reset(house["a1"])
    assert house["a1"].file.stat().st_mode & 0o777 == 0o640
