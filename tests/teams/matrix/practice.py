"""The calendar: its members' to read and answer, its keepers' to plan. A superuser looks, and answers nothing."""

from apps.teams.models import CalendarFeed
from apps.teams.selectors import calendars
from tests.teams.club import make_practice, today
from tests.teams.matrix.row import Row, no_arguments
from tests.teams.matrix.who import EVERYONE, INSIDERS, LOGGED_IN, MEMBERS, THE_MEMBER, WITH_FLAG

PLAN = {
    "title": "Scrim on Ascent",
    "kind": "scrim",
    "day": f"{today(9)}",
    "begins": "21:00",
    "ends": "23:00",
    "time_zone": "Asia/Dhaka",
}


def furnish(place):
    place.practice = make_practice(place.team)
    place.cancelled = make_practice(place.team, hours=72, cancelled=True)
    place.feed = CalendarFeed.objects.create(user=place.people["member"])


def the_practice(place):
    return [place.team.slug, place.practice.pk]


def the_cancelled(place):
    return [place.team.slug, place.cancelled.pk]


def the_feed(place):
    return [place.feed.pk]


def the_address(place):
    return [calendars.token_of(place.feed)]


ROWS = [
    Row("get", "practice", INSIDERS),
    Row("get", "practice_session", INSIDERS, args=the_practice),
    Row("get", "practice_file", INSIDERS, args=the_practice),
    Row("get", "plan_practice", WITH_FLAG),
    Row("post", "plan_practice", WITH_FLAG, ok=302, data=PLAN),
    Row("get", "edit_practice", WITH_FLAG, args=the_practice),
    Row("post", "edit_practice", WITH_FLAG, ok=302, data=PLAN, args=the_practice),
    Row("post", "answer_practice", MEMBERS, ok=302, data={"answer": "yes"}, args=the_practice),
    Row("post", "cancel_practice", WITH_FLAG, ok=302, args=the_practice),
    Row("post", "restore_practice", WITH_FLAG, ok=302, args=the_cancelled),
    Row("get", "when", INSIDERS),
    Row("get", "my_week", LOGGED_IN, hidden=False, args=no_arguments),
    Row("post", "my_week", LOGGED_IN, ok=302, hidden=False, data={"places": ["3", "4"]}, args=no_arguments),
    Row("get", "api_practice", INSIDERS, visitor=403),
    Row("get", "my_calendar", LOGGED_IN, hidden=False, args=no_arguments),
    Row("post", "make_calendar", LOGGED_IN, ok=302, hidden=False, args=no_arguments),
    Row("post", "revoke_calendar", THE_MEMBER, ok=302, refused=404, hidden=False, args=the_feed),
    # The address is the key: whoever has it reads, logged in or not.
    Row("get", "calendar", EVERYONE, hidden=False, args=the_address),
]
