"""Plots: bars and lines, as text and as SVG that any reader can open."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from dojo.plot import Chart, Line, Panel, amount, chart_svg, chart_text, number, panels_svg
from dojo.plot import panels_text as bars
from dojo.tables import table

PANEL = Panel("memory", "B", [("d4", 100.0), ("c3", 10_000.0), ("c2", None), ("b9", 1000.0)])
CHART = Chart(
    "growth",
    "clients",
    "CPU, µs",
    [Line("poll", [(10, 1.0), (1000, 100.0)]), Line("a & b", [(10, 1.0), (1000, 1.5)])],
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.123, "0.12"), (9.518, "9.52"), (34.13, "34.1"), (1240, "1,240")],
)
def test_numbers_have_three_digits(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (300.4, "B", "300 B"),
        (9830, "B", "9.60 KiB"),
        (5 << 20, "B", "5.00 MiB"),
        (12.3, "µs", "12.3 µs"),
        (1990, "µs", "1.99 ms"),
        (2.5e6, "µs", "2.50 s"),
        (99.5, "% of a core", "99.5 %"),
    ],
)
def test_amounts_have_the_unit_that_suits_them(value, unit, shown):
    assert amount(value, unit) == shown


def test_bars_over_decades_are_logarithmic_and_say_so():
    title, d4, c3, c2, b9 = bars([PANEL])
    assert title == "memory   (logarithmic scale, 100 to 10,000 B)"
    assert d4.count("█") == 0 and b9.count("█") == 20 and c3.count("█") == 40
    assert c2 == "  c2  not measured"


def test_bars_of_a_kind_are_in_proportion():
    title, one, two = bars([Panel("CPU", "µs", [("a", 10.0), ("b", 20.0)])])
    assert title == "CPU"
    assert two.count("█") == 2 * one.count("█")


def test_bars_of_nothing_are_no_error():
    assert bars([Panel("idle", "% of a core", [("a", 0.0), ("b", 0.0)])])[1:] == [
        "  a   0 %",
        "  b   0 %",
    ]


def test_lines_as_text_have_a_letter_each_and_a_scale():
    lines = chart_text(CHART)
    assert lines[0] == "CPU, µs   (both scales logarithmic)"
    text = "\n".join(lines)
    assert "  a  poll" in text and "  b  a & b" in text and "  *  several" in text
    rows = [line for line in lines if "┤" in line]
    assert rows[0].startswith("  100 ┤") and rows[0].endswith("a")
    assert rows[-1].startswith("    1 ┤*")


@pytest.mark.parametrize(
    "svg", [panels_svg("title", [PANEL, PANEL], ["a < b"]), chart_svg(CHART, ["note"])]
)
def test_the_svg_is_one_document_for_light_and_dark_readers(svg):
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    width, height = (float(root.get(name)) for name in ("width", "height"))
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert 0 <= float(text.get("x")) <= width and 0 <= float(text.get("y")) <= height
    assert "prefers-color-scheme: dark" in svg


def test_names_at_the_ends_of_lines_do_not_cover_each_other():
    lines = [Line(f"line {n}", [(1, 10.0), (100, 10.0 + n / 100)]) for n in range(8)]
    root = ElementTree.fromstring(chart_svg(Chart("t", "x", "y", lines)))
    heights = sorted(
        float(text.get("y"))
        for text in root.iter("{http://www.w3.org/2000/svg}text")
        if text.text.startswith("line ")
    )
    assert len(heights) == 8
    assert all(b - a >= 15.9 for a, b in pairwise(heights))


def test_a_chart_without_lines_is_no_error():
    empty = Chart("t", "x", "y", [])
    assert chart_text(empty) == []
    ElementTree.fromstring(chart_svg(empty))


def test_numbers_stand_right_and_words_left():
    assert table(["id", "name", "N"], [["a", "long name", "1"], ["bb", "x", "1,000"]]) == [
        "id   name            N",
        "----------------------",
        "a    long name       1",
        "bb   x           1,000",
    ]
