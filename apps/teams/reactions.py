"""What teams do when something happened to an account."""

from django.db import transaction

from apps.accounts.events import AccountDeactivated, EmailVerified
from apps.accounts.models import User
from apps.economy.reactions import on_team_joined
from apps.teams import chat_push
from apps.teams.events import (
    MemberChanged,
    MemberJoined,
    MemberLeft,
    TeamCreated,
    TeamDisbanded,
    TeamRestored,
    TeamUpdated,
)
from apps.teams.selectors import shelves, stats
from apps.teams.services import accounts, calendars, notices


def on_account_deactivated(event: AccountDeactivated) -> None:
    """Free the teams of a captain who is going. Missed by a crash, the deletion of the account does it later."""
    accounts.hand_over_captaincies(User.objects.get(pk=event.user_id))


def on_email_verified(event: EmailVerified) -> None:
    """Show what waits for an address once somebody proved to own it. Missed by a crash, the page still lists it."""
    with transaction.atomic():
        notices.tell_waiting(event.user_id)


def on_team_changed(event: TeamCreated | TeamUpdated | TeamDisbanded | TeamRestored) -> None:
    """Forget the lists: a team that hides or renames itself must not stand on them for a quarter of an hour."""
    shelves.forget_lists()


def on_roster_changed(event: MemberJoined | MemberLeft | MemberChanged) -> None:
    """Forget the team's figures, and its card. Missed by a crash, they are a quarter of an hour old at the most."""
    stats.forget(event.team_id)
    shelves.HUB.forget()


def on_member_left(event: MemberLeft) -> None:
    """Close the chat of who left, and the address of their calendar.

    Missed by a crash, the next message closes the chat, and the calendar asks who is in the team each time it is read.
    """
    chat_push.members_changed(event.team_id)
    calendars.forget_calendars(team_id=event.team_id, profile_id=event.profile_id)


def on_team_created(event: TeamCreated) -> None:
    """Its captain has a team now, as whoever joins one. Missed by a crash, the daily look finds them."""
    on_team_joined(MemberJoined(team_id=event.team_id, profile_id=event.captain_id, role="captain"))
