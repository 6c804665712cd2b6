"""The same time on the wall each week, also where clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.corelib.weekly import moved, weekly

DHAKA, LONDON = ZoneInfo("Asia/Dhaka"), ZoneInfo("Europe/London")
TWO_HOURS = timedelta(hours=2)


def test_each_week_until_and_with_the_last_day():
    begin = datetime(2026, 11, 24, 21, tzinfo=DHAKA)
    found = list(weekly(begin, begin + TWO_HOURS, zone=DHAKA, until=date(2026, 12, 8)))
    assert [start for start, _ in found] == [
        datetime(2026, 11, 24, 15, tzinfo=UTC) + timedelta(weeks=n) for n in range(3)
    ]
    assert all(end - start == TWO_HOURS for start, end in found)


def test_the_first_one_takes_place_whatever_the_last_day_is():
    begin = datetime(2026, 11, 24, 21, tzinfo=DHAKA)
    assert len(list(weekly(begin, begin + TWO_HOURS, zone=DHAKA, until=date(2026, 1, 1)))) == 1


def test_nine_in_the_evening_stays_nine_when_the_clocks_change():
    begin = datetime(2026, 10, 20, 21, tzinfo=LONDON)  # summer time ends on the 25th
    found = [start for start, _ in weekly(begin, begin + TWO_HOURS, zone=LONDON, until=date(2026, 10, 27))]
    assert [start.hour for start in found] == [20, 21]
    assert [start.astimezone(LONDON).hour for start in found] == [21, 21]


def test_an_hour_that_is_skipped_is_taken_later_and_one_that_comes_twice_first():
    skipped = datetime(2026, 3, 22, 1, 30, tzinfo=LONDON)
    assert [
        s.astimezone(LONDON).hour for s, _ in weekly(skipped, skipped + TWO_HOURS, zone=LONDON, until=date(2026, 3, 29))
    ] == [1, 2]
    twice = datetime(2026, 10, 18, 1, 30, tzinfo=LONDON)
    later = [start for start, _ in weekly(twice, twice + TWO_HOURS, zone=LONDON, until=date(2026, 10, 25))][1]
    assert later == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_what_moves_along_keeps_its_distance_in_days_and_takes_the_new_time():
    old = datetime(2026, 12, 1, 15, tzinfo=UTC)
    like = datetime(2026, 11, 26, 19, 30, tzinfo=DHAKA)
    assert moved(old, shift=timedelta(days=2), like=like, zone=DHAKA) == datetime(2026, 12, 3, 13, 30, tzinfo=UTC)
