from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.corelib import charts
from apps.corelib.charts import Datum

VALUES = st.lists(st.floats(min_value=0, max_value=1e9), min_size=1, max_size=12)


def labelled(values: list[float]) -> list[Datum]:
    return [Datum(f"d{index}", value) for index, value in enumerate(values)]


def test_the_largest_bar_fills_the_width_and_others_are_in_proportion() -> None:
    assert [bar.length for bar in charts.bars([("a", 50), ("b", 200), ("c", 0)])] == [25, 100, 0]


def test_bars_of_nothing_have_no_length() -> None:
    assert [bar.length for bar in charts.bars([("a", 0), ("b", 0)])] == [0, 0]
    assert charts.bars([]) == []


@pytest.mark.parametrize("draw", [charts.bars, charts.stack, charts.donut])
def test_negative_values_are_refused(draw) -> None:
    with pytest.raises(ValueError, match="negative"):
        draw([("a", -1)])


def test_a_stack_leaves_out_zeros_and_keeps_each_datum_s_colour_number() -> None:
    assert [(part.datum.label, part.number) for part in charts.stack([("a", 1), ("b", 0), ("c", 3)])] == [
        ("a", 1),
        ("c", 3),
    ]


@given(VALUES)
def test_a_stack_fills_its_bar_without_overlap(values: list[float]) -> None:
    parts = charts.stack(labelled(values))
    for left, right in pairwise(parts):
        assert right.start >= left.start + left.length - 0.01
    if parts:
        assert parts[-1].start + parts[-1].length == pytest.approx(100, abs=0.02)
        assert sum(part.share for part in parts) == pytest.approx(1)


def test_a_line_runs_from_left_to_right_and_turns_the_right_way_up() -> None:
    line = charts.line([0, 10, 5])
    assert line.points == ((0, 100), (50, 0), (100, 50))
    assert line.path == "M0 100L50 0L100 50"
    assert line.area == "M0 100L50 0L100 50V100H0z"
    assert line.end == "M100 50h0"
    assert (line.low, line.high) == (0, 10)


def test_a_flat_line_and_a_single_value_run_through_the_middle() -> None:
    assert charts.line([7, 7]).points == ((0, 50), (100, 50))
    assert charts.line([7]).points == ((0, 50), (100, 50))


def test_a_line_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        charts.line([])


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), min_size=1, max_size=60))
def test_a_line_stays_within_its_drawing(values: list[float]) -> None:
    for x, y in charts.line(values, width=96, height=28, pad=3).points:
        assert 0 <= x <= 96.01
        assert 3 <= y <= 25


def test_a_whole_ring_is_two_halves() -> None:
    (ring,) = charts.donut([("all", 5)])
    assert ring.path.count("M") == 2


def test_a_segment_over_half_takes_the_large_arc() -> None:
    large, small = charts.donut([("a", 3), ("b", 1)])
    assert "A46 46 0 1 1" in large.path
    assert "A46 46 0 0 1" in small.path


def test_a_datum_writes_its_value_when_it_has_no_text() -> None:
    assert Datum("a", 12500).shown == "12,500"
    assert Datum("a", 12500, text="৳12,500").shown == "৳12,500"
