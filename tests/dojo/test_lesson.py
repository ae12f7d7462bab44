"""A lesson file: sections, hints, and how it reads in a terminal."""

import pytest

from dojo.lesson import SECTIONS, Lesson


@pytest.fixture
def lesson(house):
    return Lesson.read(house["a1"].lesson)


def test_it_has_its_title_and_sections(lesson):
    assert lesson.title == "a1 · Number one"
    assert tuple(lesson.sections) == SECTIONS
    assert lesson.sections["Your task"] == "Answer."


def test_a_heading_inside_a_fence_is_none(lesson):
    assert "## no heading, but a picture" in lesson.sections["The idea"]


def test_hints_come_in_order(lesson):
    assert [(hint.summary, hint.body.strip()) for hint in lesson.hints] == [
        ("Hint 1", "Nudge."),
        ("Hint 2", "Push."),
        ("Hint 3", "Shove."),
    ]


def test_in_a_terminal_hints_are_only_counted(lesson):
    text = lesson.for_terminal(0, "./kata hint a1")
    assert "Three hints: `./kata hint a1`" in text
    assert "Nudge" not in text and "details" not in text


def test_in_a_terminal_hints_that_were_asked_for_are_shown(lesson):
    text = lesson.for_terminal(2, "./kata hint a1")
    assert "Nudge." in text and "Push." in text and "Shove." not in text
    assert "One more hint: `./kata hint a1`" in text
    assert "more hint" not in lesson.for_terminal(3, "./kata hint a1")


def test_in_a_terminal_answers_stand_below_their_questions(lesson):
    text = lesson.for_terminal(0, "")
    assert "**What does `answer()` ask?**\n\nWho knows." in text


def test_words_of_pictures_and_hints_do_not_count():
    text = "one two\n```\nthree\n```\n## Hints\nfour five six\n"
    assert Lesson(text).words_before_hints == 2


def test_windows_line_ends_change_nothing(lesson):
    assert Lesson(lesson.text.replace("\n", "\r\n")).sections == lesson.sections


@pytest.mark.parametrize("text", ["", "no heading", "# a1", "## Hints\n<details>", "```\n## x"])
def test_an_unfinished_lesson_is_shown_all_the_same(text):
    lesson = Lesson(text)
    assert lesson.hints == []
    lesson.for_terminal(3, "")
