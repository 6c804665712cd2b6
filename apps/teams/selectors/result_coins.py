"""What results are worth to their players, and what was paid for them."""

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from apps.economy.constants import Reason, Rule, Window
from apps.economy.models import CoinPolicy, DeltaCrownTransaction
from apps.teams.models import TeamTournamentRegistration

PLACES = {1: Rule.WINNER, 2: Rule.RUNNER_UP, 3: Rule.TOP4, 4: Rule.TOP4}
REASONS = {
    Rule.PARTICIPATION: Reason.PARTICIPATION,
    Rule.TOP4: Reason.TOP4,
    Rule.RUNNER_UP: Reason.RUNNER_UP,
    Rule.WINNER: Reason.WINNER,
}
DAYS = {Window.DAY: 1, Window.WEEK: 7, Window.MONTH: 30}
Policies = dict[str, CoinPolicy]


@dataclass(frozen=True)
class Paid:
    """What a player got for a result: the entry that still stands, if any, and how many were taken back."""

    entry_id: int | None
    taken_back: int


def rules_for(status: str, placement: int | None) -> list[Rule]:
    """Return what a result earns each of its players: taking part, and beside it the place."""
    if status != TeamTournamentRegistration.Status.COMPLETED:
        return []
    return [Rule.PARTICIPATION, *([PLACES[placement]] if placement in PLACES else [])]


def result_policies() -> Policies:
    """Return the policies that are switched on, by rule."""
    return {policy.rule: policy for policy in CoinPolicy.objects.filter(rule__in=REASONS, is_active=True)}


def worth(policies: Policies, *, status: str, placement: int | None, players: int) -> int:
    """Return the DC for a result before caps."""
    return players * sum(policies[rule].amount for rule in rules_for(status, placement) if rule in policies)


def paid_for(result_ids: Collection[int]) -> dict[tuple[int, int, str], Paid]:
    """Return what was paid for these results, by result, profile and reason. One query."""
    undone = _entries().filter(origin=OuterRef("pk"), reason=Reason.CORRECTION)
    rows = (
        _entries().filter(registration_id__in=result_ids, reason__in=REASONS.values()).annotate(undone=Exists(undone))
    )
    found: dict[tuple[int, int, str], Paid] = {}
    for pk, result_id, profile_id, reason, is_undone in rows.order_by("pk").values_list(
        "pk", "registration_id", "wallet__profile_id", "reason", "undone"
    ):
        if result_id is None:
            continue
        before = found.get((result_id, profile_id, reason), Paid(None, 0))
        found[result_id, profile_id, reason] = (
            Paid(before.entry_id, before.taken_back + 1) if is_undone else Paid(pk, before.taken_back)
        )
    return found


class Caps:
    """How often each player may still be paid. A cap counts results by the day they were played.

    By the day of the payment it would cut a year of results that are recorded on one evening down to a week's worth.
    """

    def __init__(self, policies: Policies, profiles: Collection[int], days: Collection[date]) -> None:
        self._policies = {str(REASONS[Rule(rule)]): policy for rule, policy in policies.items()}
        self._days: dict[tuple[int, str], list[date]] = defaultdict(list)
        for profile_id, reason, day in _paid_days(policies, profiles, days):
            insort(self._days[profile_id, reason], day)

    def take(self, profile_id: int, reason: str, day: date) -> bool:
        """Count one more payment for a result of ``day``, and return whether there was room for it."""
        days = self._days[profile_id, reason]
        policy = self._policies[reason]
        if policy.window == Window.EVER:
            fits = len(days) < policy.cap
        else:
            fits = fits_cap(days, day, length=DAYS[Window(policy.window)], cap=policy.cap)
        if fits:
            insort(days, day)
        return fits


def fits_cap(days: list[date], day: date, *, length: int, cap: int) -> bool:
    """Whether ``day`` can join ``days`` so that no ``length`` days in a row hold more than ``cap`` of them."""
    near = [other for other in days if abs((other - day).days) < length]
    starts = [day, *(other for other in near if other < day)]
    return all(1 + sum(start <= other < start + timedelta(days=length) for other in near) <= cap for start in starts)


def _paid_days(
    policies: Policies, profiles: Collection[int], days: Collection[date]
) -> Iterable[tuple[int, str, date]]:
    """Return profile, reason and day of what was paid and can matter for these days. Two queries."""
    results = TeamTournamentRegistration.objects.filter(played_on__isnull=False)
    if all(policy.window != Window.EVER for policy in policies.values()):
        reach = timedelta(days=max(DAYS.values()))
        results = results.filter(played_on__range=(min(days) - reach, max(days) + reach))
    undone = _entries().filter(origin=OuterRef("pk"), reason=Reason.CORRECTION)
    paid = list(
        _entries()
        .filter(wallet__profile__in=profiles, reason__in=REASONS.values(), registration_id__in=results.values("pk"))
        .exclude(Exists(undone))
        .values_list("wallet__profile_id", "reason", "registration_id")
    )
    played = dict(results.filter(pk__in={result_id for *_, result_id in paid}).values_list("pk", "played_on"))
    return [
        (profile_id, reason, day)
        for profile_id, reason, result_id in paid
        if result_id is not None and (day := played[result_id])
    ]


def _entries() -> QuerySet[DeltaCrownTransaction]:
    return DeltaCrownTransaction.objects.order_by()
