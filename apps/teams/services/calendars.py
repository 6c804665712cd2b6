"""The secret addresses of calendars: made, renewed, revoked."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import NotFound
from apps.teams import permissions
from apps.teams.models import Availability, CalendarFeed, PracticeAnswer, PracticeSession, Team


@transaction.atomic(durable=True)
def make_calendar(*, actor: User, team_id: int | None = None) -> CalendarFeed:
    """Make an address for the actor's calendar of one team, or of all. An address there was stops working.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not in the team.
    """
    team = None
    if team_id is not None:
        team = Team.objects.active().filter(pk=team_id).first()
        if team is None:
            raise NotFound("There is no such team.")
        permissions.check_answer_practice(permissions.standing(actor, team))
    # Two clicks at once wait for each other here; the constraints stand behind.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    CalendarFeed.objects.filter(user=actor, team=team).delete()
    feed = CalendarFeed.objects.create(user=actor, team=team)
    audit.record(actor=actor, action="team.calendar_made", target=actor, new={"team": team_id})
    return feed


@transaction.atomic(durable=True)
def revoke_calendar(*, actor: User, feed_id: int) -> None:
    """Let the address lead nowhere from now on. Raises ``NotFound`` for one that is not the actor's."""
    feed = CalendarFeed.objects.select_for_update().filter(pk=feed_id, user=actor).first()
    if feed is None:
        raise NotFound("There is no such calendar.")
    feed.delete()
    audit.record(actor=actor, action="team.calendar_revoked", target=actor, old={"team": feed.team_id})


def forget_calendars(*, team_id: int, profile_id: int) -> None:
    """Who left keeps no address that would open again with a return."""
    CalendarFeed.objects.filter(team=team_id, user__profile=profile_id).delete()


def forget(user: User) -> None:
    """Take the person's addresses, answers and usual week away. Part of the deletion of the account."""
    CalendarFeed.objects.filter(user=user).delete()
    PracticeAnswer.objects.filter(user=user).delete()
    Availability.objects.filter(user=user).delete()
    PracticeSession.objects.filter(planned_by=user).update(planned_by=None)
