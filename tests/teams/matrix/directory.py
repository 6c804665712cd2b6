"""Pages about all teams, and one's own invitations."""

from tests.teams.matrix.row import Row, no_arguments
from tests.teams.matrix.who import EVERYONE, LOGGED_IN, NOBODY

ROWS = [
    Row("get", "directory", EVERYONE, hidden=False, args=no_arguments),
    Row("get", "leaderboard", EVERYONE, hidden=False, args=no_arguments),
    Row("get", "create", LOGGED_IN, hidden=False, args=no_arguments),
    # The first step of the wizard only leads to the second.
    Row(
        "post",
        "create",
        LOGGED_IN,
        hidden=False,
        changes=NOBODY,
        data={"step": "1", "game": "cs2"},
        args=no_arguments,
    ),
    Row("get", "hub", EVERYONE, hidden=False, args=no_arguments),
    Row("get", "check_name", LOGGED_IN, hidden=False, args=no_arguments),
    Row("get", "create_header", LOGGED_IN, hidden=False, args=no_arguments),
    Row("get", "crest_preview", LOGGED_IN, hidden=False, args=no_arguments),
    Row("get", "my_invitations", LOGGED_IN, hidden=False, args=no_arguments),
    Row("get", "api_teams", EVERYONE, hidden=False, args=no_arguments),
    Row(
        "post",
        "api_teams",
        LOGGED_IN,
        ok=201,
        visitor=403,
        hidden=False,
        data={"name": "Delta West", "tag": "DWX", "game": "cs2"},
        args=no_arguments,
    ),
]
