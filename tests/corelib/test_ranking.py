"""The formula of the ranking."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.corelib.ranking import CODES, COMPONENTS, WEIGHTS, Counts, Weights, full_months, parts, total

COUNTS = st.builds(Counts, **{code: st.integers(0, 500) for code in CODES})
A_WEIGHT = st.integers(0, 10_000)
ANY_WEIGHTS = st.builds(Weights, **dict.fromkeys(WEIGHTS, A_WEIGHT), max_months=st.none() | st.integers(0, 400))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("counts", "points"),
    [
        ({}, 0),
        ({"participations": 1}, 50),
        ({"participations": 1, "wins": 1}, 550),
        ({"participations": 1, "runner_ups": 1}, 350),
        ({"participations": 1, "top_fours": 1}, 200),
        ({"members": 8}, 80),
        ({"months": 7}, 210),
        ({"achievements": 3}, 300),
        ({"posts": 2, "chat_days": 3, "practices": 4}, 36),
    ],
)
def test_the_standard_weights(counts, points):
    assert total(Counts(**counts), Weights()) == points


def test_every_component_has_a_weight_and_a_count_of_its_own():
    assert sorted(component.weight for component in COMPONENTS) == sorted(WEIGHTS)
    assert set(CODES) == set(Counts.__dataclass_fields__)


@given(COUNTS, ANY_WEIGHTS, st.integers(-1_000_000, 1_000_000))
def test_the_total_is_the_sum_of_its_parts_and_never_below_zero(counts, weights, adjustment):
    expected = sum(parts(counts, weights).values()) + adjustment
    assert total(counts, weights, adjustment=adjustment) == (expected if expected > 0 else 0)


@given(COUNTS, ANY_WEIGHTS, st.sampled_from(CODES))
def test_one_more_of_anything_never_costs_points(counts, weights, code):
    more = Counts(**{**vars(counts), code: getattr(counts, code) + 1})
    assert total(more, weights) >= total(counts, weights)


@given(COUNTS, ANY_WEIGHTS)
def test_a_cap_on_the_age_only_takes_away(counts, weights):
    uncapped = Weights(**{**vars(weights), "max_months": None})
    assert parts(counts, weights)["months"] <= parts(counts, uncapped)["months"]
    assert {**parts(counts, weights), "months": 0} == {**parts(counts, uncapped), "months": 0}


@pytest.mark.parametrize(
    ("since", "at", "months"),
    [
        ("2026-01-15T12:00", "2026-02-15T11:59", 0),
        ("2026-01-15T12:00", "2026-02-15T12:00", 1),
        ("2026-01-31T00:00", "2026-02-28T23:59", 0),
        ("2026-01-31T00:00", "2026-03-01T00:00", 1),
        ("2024-02-29T00:00", "2025-02-28T23:59", 11),
        ("2024-02-29T00:00", "2025-03-01T00:00", 12),
        ("2025-11-30T08:00", "2026-11-30T08:00", 12),
        ("2026-05-01T00:00", "2026-04-01T00:00", 0),
    ],
)
def test_a_month_is_full_when_day_and_time_come_round(since, at, months):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (since, at)]
    assert full_months(*moments) == months


@given(MOMENTS, MOMENTS)
def test_months_fit_between_31_days_too_few_and_28_too_many(since, at):
    days = (at - since) / timedelta(days=1)
    months = full_months(since, at)
    if days <= 0:
        assert months == 0
    else:
        assert months * 28 <= days
        assert days < (months + 1) * 31


@given(MOMENTS, st.lists(st.timedeltas(timedelta(0), timedelta(days=4000)), min_size=2, max_size=6))
def test_a_team_never_grows_younger(since, ages):
    months = [full_months(since, since + age) for age in sorted(ages)]
    assert months == sorted(months)


def test_the_zone_of_a_moment_does_not_matter():
    dhaka = timezone(timedelta(hours=6))
    since, at = datetime(2026, 1, 1, 3, tzinfo=dhaka), datetime(2026, 2, 1, 2, tzinfo=dhaka)
    assert full_months(since, at) == full_months(since.astimezone(UTC), at.astimezone(UTC)) == 0
