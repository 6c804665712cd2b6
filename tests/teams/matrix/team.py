"""The team itself: its pages, its look, its name, its end."""

from tests.teams.matrix.row import Row
from tests.teams.matrix.who import CAPTAIN, EVERYONE, NOBODY, WITH_FLAG

# Staff who may change teams rename and restore them, too. "captain" is the last captain.
CAPTAIN_AND_STAFF = CAPTAIN | {"moderator"}

ROWS = [
    Row("get", "team_page", EVERYONE),
    Row("get", "explain_rank", EVERYONE),
    Row("get", "share_card", EVERYONE),
    Row("get", "rank_badge_picture", EVERYONE),
    Row("get", "history", EVERYONE),
    Row("get", "api_team", EVERYONE),
    Row("get", "edit", WITH_FLAG),
    Row("post", "edit", WITH_FLAG, ok=302, data={"region": "BD", "tagline": "New", "is_public": "KEEP"}),
    Row("get", "edit_header", WITH_FLAG),
    Row("get", "rename", CAPTAIN_AND_STAFF),
    Row("post", "rename", CAPTAIN_AND_STAFF, ok=302, data={"name": "Night Wolves", "tag": "NW"}),
    Row("get", "disband", CAPTAIN),
    Row("post", "disband", CAPTAIN, ok=302, data={"tag": "dw"}),
    # Of a team that is not disbanded there is nothing to restore.
    Row("get", "restore", CAPTAIN_AND_STAFF, refused=404, hidden=False),
    Row("post", "restore", CAPTAIN_AND_STAFF, ok=302, refused=404, hidden=False, changes=NOBODY),
]
