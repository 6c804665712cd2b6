"""What followers hear."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from apps.notifications.services import notify
from apps.teams.models import TeamTournamentRegistration
from apps.teams.selectors import follows

# An older result is history that staff fill in, not news.
NEWS_FOR = timedelta(days=14)


def is_news(result: TeamTournamentRegistration) -> bool:
    """Return whether a recorded result is worth telling the followers."""
    return bool(
        result.status == TeamTournamentRegistration.Status.COMPLETED
        and result.played_on
        and result.played_on >= timezone.localdate() - NEWS_FOR
    )


def tell_result(result_id: int) -> int:
    """Tell followers how a tournament ended for the team; a corrected place is news, the rest is not."""
    result = TeamTournamentRegistration.objects.filter(pk=result_id).select_related("team").first()
    if result is None or not is_news(result):
        return 0
    place = result.shown_placement
    return notify(
        follows.hearers(result.team),
        "teams.followed_result",
        subject=result.team,
        context={
            "team": result.team.name,
            "how": f"{place} place in" if place else "played",
            "tournament": result.tournament_name,
            "url": reverse("teams:team_page", args=[result.team.slug]),
        },
        fingerprint=f"result:{result.pk}:{result.placement or 0}",
    )
