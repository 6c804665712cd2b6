from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.corelib import figures

NOW = datetime(2026, 11, 23, 20, 0)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "৳0"),
        (999, "৳999"),
        (1000, "৳1,000"),
        (99999, "৳99,999"),
        (100000, "৳1,00,000"),
        (1234567, "৳12,34,567"),
        (123456789, "৳12,34,56,789"),
        (Decimal("60.5"), "৳60.50"),
        (Decimal("0.005"), "৳0.01"),
        (Decimal("-1260.00"), "\N{MINUS SIGN}৳1,260"),
        ("1260.10", "৳1,260.10"),
    ],
)
def test_taka_is_grouped_as_in_bangladesh(amount, written: str) -> None:
    assert figures.taka(amount) == written


def test_a_signed_amount_shows_its_plus_but_zero_has_none() -> None:
    assert figures.taka(500, signed=True) == "+৳500"
    assert figures.taka(0, signed=True) == "৳0"
    assert figures.coins(500, signed=True) == "+500\N{NO-BREAK SPACE}DC"
    assert figures.coins(0, signed=True) == "0\N{NO-BREAK SPACE}DC"


def test_coins_are_grouped_by_three_and_never_leave_their_unit_on_another_line() -> None:
    assert figures.coins(1234567) == "1,234,567\N{NO-BREAK SPACE}DC"
    assert figures.coins(-250) == "\N{MINUS SIGN}250\N{NO-BREAK SPACE}DC"


def test_an_amount_that_rounds_to_zero_has_no_minus() -> None:
    assert figures.taka(Decimal("-0.001")) == "৳0"


def test_points_are_grouped() -> None:
    assert figures.grouped(12480) == "12,480"
    assert figures.grouped(-5) == "\N{MINUS SIGN}5"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-10), "just now"),
        (timedelta(seconds=10), "in a moment"),
        (timedelta(seconds=-50), "1 minute ago"),
        (timedelta(minutes=-59, seconds=-59), "59 minutes ago"),
        (timedelta(hours=-1), "1 hour ago"),
        (timedelta(hours=3), "in 3 hours"),
        (timedelta(days=-2), "2 days ago"),
        (timedelta(days=6, hours=23), "in 6 days"),
        (timedelta(days=-7), "16 Nov"),
        (timedelta(days=-400), "19 Oct 2025"),
    ],
)
def test_times_are_said_as_people_say_them(away: timedelta, words: str) -> None:
    assert figures.relative_time(NOW + away, now=NOW) == words


def test_the_full_form_of_a_time() -> None:
    assert figures.full_time(datetime(2026, 11, 30, 18, 5)) == "30 November 2026, 18:05"
