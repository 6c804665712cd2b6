"""What teams hold about one person, for the export of their data."""

from typing import Any

from django.db.models import F

from apps.accounts.models import User
from apps.teams.models import TeamAchievement, TeamInvite, TeamMembership, TeamSponsor, TeamVerification
from apps.teams.services.result_rosters import results_of


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return memberships, invitations, proposed sponsors, results and what the person told for a shelf.

    Invitations to the person's address count too, if they answered them.
    """
    received = TeamInvite.objects.filter(invitee=user) | TeamInvite.objects.filter(answered_by=user)
    invite_columns = ("role", "status", "created_at", "expires_at", "answered_at")
    return {
        "team_memberships": list(
            TeamMembership.objects.filter(profile__user=user)
            .order_by("pk")
            .values("game", "role", "status", "in_game_role", "joined_at", "left_at", team_name=F("team__name"))
        ),
        "team_invites_received": list(
            received.order_by("pk").values("email", *invite_columns, team_name=F("team__name"))
        ),
        "team_invites_sent": list(
            TeamInvite.objects.filter(invited_by=user)
            .order_by("pk")
            .values(
                "email", *invite_columns, team_name=F("team__name"), invitee_name=F("invitee__profile__display_name")
            )
        ),
        "team_achievements_told": list(
            TeamAchievement.objects.filter(given_by=user)
            .order_by("pk")
            .values(
                "title",
                "description",
                "achieved_on",
                "place",
                "evidence_url",
                "status",
                "reason",
                "created_at",
                team_name=F("team__name"),
            )
        ),
        "team_verifications_requested": list(
            TeamVerification.objects.filter(requested_by=user)
            .order_by("pk")
            .values("evidence", "status", "reason", "created_at", team_name=F("team__name"))
        ),
        "team_sponsors_proposed": list(
            TeamSponsor.objects.filter(proposed_by=user)
            .order_by("pk")
            .values("name", "url", "starts_on", "ends_on", "status", "reason", "created_at", team_name=F("team__name"))
        ),
        "team_results": results_of(user),
    }
