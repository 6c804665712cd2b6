"""The shelf: everybody's to read, its keepers' to fill. Results too."""

from tests.teams.club import make_achievement, today
from tests.teams.matrix.row import Row
from tests.teams.matrix.who import EVERYONE, WITH_FLAG

TOLD = {"title": "Mirpur LAN Night", "achieved_on": f"{today(-3)}", "place": "1"}


def furnish(place):
    place.achievement = make_achievement(place.team, "University Cup")
    place.taken_off = make_achievement(place.team, "Old Cup", removed=True)


def the_achievement(place):
    return [place.team.slug, place.achievement.pk]


def the_taken_off(place):
    return [place.team.slug, place.taken_off.pk]


def the_captain(place):
    return ["captain"]


ROWS = [
    Row("get", "achievements", EVERYONE),
    Row("get", "add_achievement", WITH_FLAG),
    Row("post", "add_achievement", WITH_FLAG, ok=302, data=TOLD),
    Row("get", "edit_achievement", WITH_FLAG, args=the_achievement),
    Row("post", "edit_achievement", WITH_FLAG, ok=302, data=TOLD, args=the_achievement),
    Row("post", "remove_achievement", WITH_FLAG, ok=302, args=the_achievement),
    Row("post", "restore_achievement", WITH_FLAG, ok=302, args=the_taken_off),
    Row("get", "results", EVERYONE),
    Row("get", "player_results", EVERYONE, hidden=False, args=the_captain),
    Row("get", "stats", EVERYONE),
    Row("get", "api_stats", EVERYONE),
    Row("get", "api_achievements", EVERYONE),
    Row("post", "api_achievements", WITH_FLAG, ok=201, visitor=403, data=TOLD),
    Row("get", "api_results", EVERYONE),
]
