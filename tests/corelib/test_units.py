"""Figures as an operator reads them."""

import pytest

from apps.corelib.units import duration, nice_top, written


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1234, "share", "12.3 %"),
        (0.0, "share", "0 %"),
        (1.0, "share", "100 %"),
        (0, "bytes", "0 B"),
        (1500, "bytes", "1.5 KB"),
        (12_345_678_901, "bytes", "12.3 GB"),
        (2500, "bytes per second", "2.5 KB/s"),
        (0.0123, "seconds", "12.3 ms"),
        (0.5, "per second", "30/min"),
        (0, "per second", "0/s"),
        (12.34, "per second", "12.3/s"),
        (1234567, "number", "1,234,567"),
        (3, "number", "3"),
        (2.5, "number", "2.5"),
    ],
)
def test_a_figure_is_short_and_has_its_unit(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0004, "0.4 ms"), (1, "1 s"), (59.96, "60 s"), (75, "1 min 15 s"), (3600, "1 h"), (200_000, "2 d 7 h")],
)
def test_a_time_is_said_in_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.03, 0.05), (0.9, 1), (1, 1), (1.1, 2), (23, 25), (99, 100), (101, 200), (1e9, 1e9)]
)
def test_a_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert nice_top(value) == pytest.approx(top)
