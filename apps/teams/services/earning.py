"""What players earn by their teams, as staff configured it (``CoinPolicy``)."""

from datetime import datetime, timedelta

from apps.economy.constants import Rule
from apps.economy.models import DeltaCrownTransaction
from apps.economy.services.earning import cause_of, earn_by_user
from apps.teams.models import TeamMembership

TOP = 10
WEEK = timedelta(days=7)


def pay_top_ten(*, at: datetime) -> int:
    """Pay the members of the ten teams that lead the overall leaderboard, for the week that ends. Return how many.

    Only who has been in such a team for a week: nobody joins on Sunday to be paid on Monday. Run again in the same
    week, it pays those only who were not paid.
    """
    year, week, _ = at.isocalendar()
    occasion = f"{year}-W{week:02}"
    members = TeamMembership.objects.active().filter(
        team__is_active=True, team__ranking__rank__lte=TOP, joined_at__lte=at - WEEK
    )
    keys = {
        f"earn:{Rule.WEEKLY_TOP_TEN}:{profile_id}:{occasion}": user_id
        for profile_id, user_id in members.values_list("profile_id", "profile__user_id")
        .distinct()
        .order_by("profile_id")
    }
    paid = set(DeltaCrownTransaction.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True))
    return sum(
        earn_by_user(user_id=user_id, rule=Rule.WEEKLY_TOP_TEN, occasion=occasion) is not None
        for key, user_id in keys.items()
        if key not in paid
    )


def pay_first_teams(*, since: datetime) -> int:
    """Pay players who joined a team after ``since`` and whose event was lost with its process. Return how many."""
    paid = DeltaCrownTransaction.objects.filter(cause=cause_of(Rule.FIRST_TEAM)).values("wallet__profile")
    joined = TeamMembership.objects.active().filter(joined_at__gte=since).exclude(profile__in=paid)
    return sum(
        earn_by_user(user_id=user_id, rule=Rule.FIRST_TEAM) is not None
        for user_id in joined.values_list("profile__user_id", flat=True).distinct().order_by("profile__user_id")
    )
