"""What staff do in the admin. A superuser may all; a moderator what the group's permissions open."""

from datetime import date

from django.utils import timezone

from apps.teams.models import RankingCriteria, TalkReport, Team, TeamAchievement, TeamPostReport
from tests.teams.matrix.admin_action import AdminAction
from tests.teams.people import make_team
from tests.teams.sponsoring import make_booking, make_promotion, make_sponsor

SUPERUSER = frozenset({"superuser"})
STAFF = SUPERUSER | {"moderator"}


def team(**fields):
    """Return a maker of the team in a state of its own."""

    def make(place):
        Team.objects.filter(pk=place.team.pk).update(**fields)
        return place.team

    return make


def disbanded(place):
    gone = make_team("Gone", game="cs2")
    gone.memberships.update(status="inactive", slot=None, left_at=timezone.now())
    Team.objects.filter(pk=gone.pk).update(is_active=False, disbanded_at=timezone.now())
    return gone


def achievement(place):
    return TeamAchievement.objects.create(team=place.team, title="Dhaka Open", achieved_on=date(2026, 1, 2))


def criteria(place):
    return RankingCriteria.objects.create(name="Another", is_active=False)


def proposed(place):
    return make_sponsor(place.team, status="pending")


def report(place):
    reporter = place.people["other_captain"]
    return TeamPostReport.objects.create(post=place.posts["public"], reporter=reporter, why="spam")


def talk_report(place):
    return TalkReport.objects.create(
        team=place.team, kind="message", message=place.message, author=place.message.author, quoted="Hello", why="spam"
    )


REASON = {"reason": "Not on this site."}
ADMIN_ACTIONS = [
    AdminAction("team", "verify", STAFF, team(is_verified=False)),
    AdminAction("team", "unverify", STAFF, team(is_verified=True)),
    AdminAction("team", "feature", STAFF, team(is_featured=False)),
    AdminAction("team", "unfeature", STAFF, team(is_featured=True)),
    AdminAction("team", "restore", STAFF, disbanded),
    AdminAction("teaminvite", "cancel", SUPERUSER, lambda place: place.invite),
    AdminAction("teaminvitelink", "revoke", SUPERUSER, lambda place: place.link),
    AdminAction("chatmessage", "remove", SUPERUSER, lambda place: place.message),
    AdminAction("teamsponsor", "approve", STAFF, proposed),
    AdminAction("teamsponsor", "reject", STAFF, proposed, data=REASON),
    AdminAction("teamsponsor", "end", STAFF, proposed, data=REASON),
    AdminAction("teampromotion", "approve", STAFF, lambda place: make_booking(place.team)),
    AdminAction("teampromotion", "reject", STAFF, lambda place: make_booking(place.team), data=REASON),
    AdminAction("teampromotion", "cancel", STAFF, lambda place: make_promotion(place.team)),
    AdminAction("teamachievement", "confirm", STAFF, achievement),
    AdminAction("teamachievement", "reject", STAFF, achievement, data=REASON),
    AdminAction("teampost", "hide", STAFF, lambda place: place.posts["public"], data=REASON),
    AdminAction("teampost", "bring_back", STAFF, lambda place: place.posts["removed"]),
    AdminAction("teampostreport", "uphold", STAFF, report, data=REASON),
    AdminAction("teampostreport", "dismiss", STAFF, report),
    AdminAction("talkreport", "uphold", STAFF, talk_report, data=REASON),
    AdminAction("talkreport", "dismiss", STAFF, talk_report),
    AdminAction("boardthread", "remove", SUPERUSER, lambda place: place.thread),
    AdminAction("boardreply", "remove", SUPERUSER, lambda place: place.reply),
    AdminAction("teamverification", "approve", STAFF, lambda place: place.verification),
    AdminAction("teamverification", "reject", STAFF, lambda place: place.verification, data=REASON),
    AdminAction("rankingcriteria", "activate", SUPERUSER, criteria),
    AdminAction("rankingcriteria", "recalculate", SUPERUSER, criteria),
]
