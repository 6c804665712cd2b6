"""What pays coins when it happens elsewhere. Each starts a job: an event may be lost with its process, a job isn't."""

from typing import Protocol

from django.db import transaction

from apps.accounts.events import EmailVerified
from apps.core import jobs
from apps.economy.constants import Rule
from apps.user_profile.models import UserProfile


class JoinedATeam(Protocol):
    """What a higher app tells about a player who has a team now."""

    @property
    def profile_id(self) -> int: ...


def on_email_verified(event: EmailVerified) -> None:
    _earn(event.user_id, Rule.EMAIL_VERIFIED)


def on_team_joined(event: JoinedATeam) -> None:
    """For the team app to subscribe: this one stands below it and can't know its events."""
    user_id = UserProfile.objects.values_list("user_id", flat=True).get(pk=event.profile_id)
    _earn(user_id, Rule.FIRST_TEAM)


def _earn(user_id: int, rule: Rule) -> None:
    with transaction.atomic():
        jobs.enqueue("economy.earn", user_id=user_id, rule=str(rule))
