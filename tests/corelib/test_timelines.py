"""Lines over time that show where nothing was measured."""

import pytest

from apps.corelib.timelines import portions, trace


def test_a_line_runs_from_left_to_right() -> None:
    drawn = trace("cpu", {10: 0.0, 11: 5.0, 12: 10.0}, first=10, last=12, top=10)
    assert drawn.path == "M0 100L50 50L100 0"
    assert drawn.end == "M100 0h0"
    assert (drawn.last, drawn.mean, drawn.high) == (10.0, 5.0, 10.0)


def test_a_gap_stays_a_gap_and_a_lonely_point_is_seen() -> None:
    drawn = trace("cpu", {0: 1.0, 1: 1.0, 3: 1.0}, first=0, last=4, top=2)
    assert drawn.path == "M0 50L25 50M75 50h0"
    assert drawn.area == "M0 100L0 50L25 50V100z"


def test_what_is_above_the_top_stays_in_the_box() -> None:
    assert trace("cpu", {0: 9.0, 1: -1.0}, first=0, last=1, top=2).path == "M0 0L100 100"


def test_nothing_is_no_line() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        trace("cpu", {}, first=0, last=1, top=1)


def test_a_table_has_the_means_of_equal_parts() -> None:
    assert portions({0: 1.0, 1: 3.0, 5: 4.0}, first=0, last=5, number=3) == [(0, 2.0), (2, None), (4, 4.0)]
