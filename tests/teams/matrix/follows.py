"""Following: everyone who sees the team and is logged in. Its end: also a follower who sees it no more."""

from apps.teams.models import TeamFollow
from tests.teams.matrix.row import Row, no_arguments
from tests.teams.matrix.who import EVERYONE, LOGGED_IN, NOBODY


def furnish(place):
    """Somebody who is in no team follows it."""
    TeamFollow.objects.create(team=place.team, profile=place.people["invited"].profile)


class End(Row):
    """A follower can always stop, even where the team hides from them."""

    def expected(self, who, visibility):
        return (302, True) if who == "invited" else super().expected(who, visibility)


# Who follows already changes nothing by following, and only they by ending it.
NEW = LOGGED_IN - {"invited"}

ROWS = [
    Row("get", "teams_followed", LOGGED_IN, args=no_arguments, hidden=False),
    Row("get", "followers", EVERYONE),
    Row("post", "follow", LOGGED_IN, ok=302, changes=NEW),
    End("post", "unfollow", LOGGED_IN, ok=302, changes=NOBODY),
    Row("get", "api_follow", LOGGED_IN, visitor=403),
    Row("put", "api_follow", LOGGED_IN, visitor=403, changes=NEW),
]
