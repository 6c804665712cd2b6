"""The board: its members' own, and to read for all where the captain has opened it (tests/teams/test_board.py)."""

from uuid import uuid4

from tests.teams.matrix.admin_action import AdminAction
from tests.teams.matrix.row import LOG_IN, Row
from tests.teams.matrix.who import INSIDERS, MEMBERS, WITH_FLAG
from tests.teams.people import make_user
from tests.teams.talking import make_reply, make_thread


def furnish(place):
    """Threads and replies of the captain, one thread removed by "member"."""
    captain = place.people["captain"]
    place.thread = make_thread(place.team, captain)
    place.reply = make_reply(place.thread, captain)
    place.removed_thread = make_thread(place.team, make_user("somebody_gone"), removed_by=place.people["member"])


class Page(Row):
    """A page that visitors of a public team are asked to log in for."""

    def expected(self, who, visibility):
        if who == "visitor":
            return (404 if visibility == "private" else self.visitor), False
        return super().expected(who, visibility)


def the_thread(place):
    return [place.team.slug, place.thread.pk]


def the_reply(place):
    return [place.team.slug, place.reply.pk]


def the_removed(place):
    return [place.team.slug, place.removed_thread.pk]


THE_CAPTAIN = frozenset({"captain"})
# Who removed it, and who keeps order.
WHO_RESTORES = WITH_FLAG | {"member"}
WORDS = {"title": "Which maps?", "body": "Haven?", "client_id": uuid4()}

ROWS = [
    Page("get", "board", INSIDERS, visitor=LOG_IN),
    Page("get", "thread", INSIDERS, visitor=LOG_IN, args=the_thread),
    Row("get", "start_thread", MEMBERS),
    Row("post", "start_thread", MEMBERS, ok=302, data=WORDS),
    Row("post", "reply", MEMBERS, ok=302, data=WORDS, args=the_thread),
    Row("get", "edit_thread", THE_CAPTAIN, args=the_thread),
    Row("post", "edit_thread", THE_CAPTAIN, ok=302, data=WORDS, args=the_thread),
    Row("post", "remove_thread", WITH_FLAG, ok=302, args=the_thread),
    Row("post", "set_thread", WITH_FLAG, ok=302, data={"pinned": "1", "locked": "1"}, args=the_thread),
    Row("post", "read_thread", MEMBERS, ok=302, args=the_thread),
    Row("get", "edit_reply", THE_CAPTAIN, args=the_reply),
    Row("post", "edit_reply", THE_CAPTAIN, ok=302, data={"body": "New words"}, args=the_reply),
    Row("post", "remove_reply", WITH_FLAG, ok=302, args=the_reply),
    # Whoever reads it, but the captain, who wrote it.
    Row("get", "report_thread", INSIDERS - THE_CAPTAIN, args=the_thread),
    Row("post", "report_thread", INSIDERS - THE_CAPTAIN, ok=302, data={"why": "spam"}, args=the_thread),
    Row("get", "report_reply", INSIDERS - THE_CAPTAIN, args=the_reply),
    Row("post", "report_reply", INSIDERS - THE_CAPTAIN, ok=302, data={"why": "spam"}, args=the_reply),
    Page("get", "api_board", INSIDERS, visitor=403),
    Row("post", "api_board", MEMBERS, ok=201, visitor=403, data=WORDS),
    Page("get", "api_thread", INSIDERS, visitor=403, args=the_thread),
    Row("post", "api_thread", MEMBERS, ok=201, visitor=403, data=WORDS, args=the_thread),
]


class Restore(Row):
    """Members who neither removed it nor keep order don't know of it."""

    def expected(self, who, visibility):
        if who in MEMBERS and who not in WHO_RESTORES:
            return 404, False
        return super().expected(who, visibility)


ROWS.append(Restore("post", "restore_thread", WHO_RESTORES, ok=302, args=the_removed))

# The rule of the service: of staff outside the team, a superuser alone may do what captains may.
SUPERUSER = frozenset({"superuser"})
ADMIN_ACTIONS = [
    AdminAction("boardthread", "remove", SUPERUSER, lambda place: place.thread),
    AdminAction("boardreply", "remove", SUPERUSER, lambda place: place.reply),
]
