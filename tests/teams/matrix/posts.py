"""Posts: read as far as the audience goes, written by members with a seat, decided about by captains."""

from django.contrib.auth.models import Permission

from tests.teams.matrix.row import Row
from tests.teams.matrix.who import (
    CAPTAINS,
    EVERYONE,
    INSIDERS,
    LOGGED_IN,
    MEMBERS,
    THE_MEMBER,
    WITH_OWN_FLAG,
)
from tests.teams.posting import make_post


def furnish(place):
    """Posts of "member" in each state; the moderator may settle reports."""
    author = place.people["member"]
    place.posts = {
        "public": make_post(place.team, author),
        "members": make_post(place.team, author, audience="members"),
        "pending": make_post(place.team, author, state="pending"),
        "draft": make_post(place.team, author, state="draft"),
        "of_captain": make_post(place.team, place.people["captain"]),
        "removed": make_post(place.team, author, state="removed", decided_by=author),
    }
    place.people["moderator"].groups.get().permissions.add(Permission.objects.get(codename="change_teampost"))


def the(name):
    return lambda place: [place.team.slug, place.posts[name].pk]


WORDS = {"title": "We won", "body": "Two to nil.", "audience": "public", "act": "publish"}
# Nobody edits what another wrote.
THE_CAPTAIN = frozenset({"captain"})
# A superuser may do what moderators may.
MODERATOR = frozenset({"moderator", "superuser"})


ROWS = [
    Row("get", "posts", EVERYONE),
    Row("get", "post", EVERYONE, args=the("public")),
    Row("get", "write_post", MEMBERS),
    Row("post", "write_post", MEMBERS, ok=302, data=WORDS),
    Row("get", "edit_post", THE_CAPTAIN, args=the("of_captain")),
    Row("post", "edit_post", THE_CAPTAIN, ok=302, data=WORDS, args=the("of_captain")),
    Row("get", "remove_post", CAPTAINS | THE_MEMBER | MODERATOR, args=the("public")),
    Row("post", "remove_post", CAPTAINS | THE_MEMBER | MODERATOR, ok=302, data={"reason": "Spam"}, args=the("public")),
    Row("post", "restore_post", THE_MEMBER | MODERATOR, ok=302, refused=404, args=the("removed")),
    Row("post", "pin_post", CAPTAINS, ok=302, data={"pinned": "1"}, args=the("public")),
    Row("get", "report_post", LOGGED_IN - THE_MEMBER, args=the("public")),
    Row("post", "report_post", LOGGED_IN - THE_MEMBER, ok=302, data={"why": "spam"}, args=the("public")),
    Row("get", "manage_posts", CAPTAINS | WITH_OWN_FLAG),
    Row("post", "post_settings", WITH_OWN_FLAG, ok=302, data={"posts_need_approval": "on"}),
    Row("post", "approve_post", CAPTAINS, ok=302, args=the("pending")),
    Row("post", "reject_post", CAPTAINS, ok=302, data={"reason": "The score is wrong."}, args=the("pending")),
    Row("get", "api_posts", EVERYONE),
    Row("post", "api_posts", MEMBERS, ok=201, visitor=403, data=WORDS),
]
# Who reads which post, on a team that they see.
SEEN = {
    "public": EVERYONE,
    "members": INSIDERS | MODERATOR,
    "pending": CAPTAINS | THE_MEMBER | MODERATOR,
    "draft": THE_MEMBER | MODERATOR,
    "removed": THE_MEMBER | MODERATOR,
}
