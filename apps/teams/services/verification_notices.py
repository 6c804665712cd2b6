"""What captains hear about the verified mark."""

from django.urls import reverse

from apps.accounts.models import User
from apps.notifications.services import notify
from apps.teams.models import TeamVerification


def tell_captain(request: TeamVerification, *, actor: User) -> int:
    """Tell the team's captain what staff said. Once for each request."""
    team = request.team
    return notify(
        [team.captain.user_id],
        f"teams.verification_{request.status}",
        actor=actor,
        subject=team,
        context={"team": team.name, "reason": request.reason, "url": reverse("teams:verification", args=[team.slug])},
        fingerprint=f"verification:{request.pk}:{request.status}",
    )
