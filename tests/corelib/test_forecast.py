"""How long something lasts that is being used up."""

import pytest

from apps.corelib.forecast import seconds_until_zero


def test_a_straight_fall_is_followed_to_its_end() -> None:
    assert seconds_until_zero([(hour * 3600, 100 - hour) for hour in range(10)]) == pytest.approx(91 * 3600)


def test_noise_does_not_hide_the_fall() -> None:
    points = [(float(at), 1000 - 2 * at + (7 if at % 2 else -7)) for at in range(100)]
    assert seconds_until_zero(points) == pytest.approx(401, rel=0.02)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(0, 9.0), (1, 8.0)],
        [(float(at), 5.0) for at in range(10)],
        [(float(at), 5.0 + at) for at in range(10)],
        [(7.0, 5.0 - at) for at in range(10)],
    ],
)
def test_what_does_not_fall_or_is_too_little_gives_no_time(points: list[tuple[float, float]]) -> None:
    assert seconds_until_zero(points) is None


def test_what_should_be_empty_by_now_is_empty_now() -> None:
    assert seconds_until_zero([*((float(at), 10.0 - at * 2) for at in range(6)), (30.0, 1.0)]) == 0
