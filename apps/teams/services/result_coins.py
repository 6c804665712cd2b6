"""Coins for results: what the policies say is paid to each player of the roster, and taken back when it was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.economy.constants import Rule
from apps.economy.services import Payment, award_many
from apps.teams.models import TeamTournamentRegistration
from apps.teams.selectors.result_coins import REASONS, Caps, Paid, Policies, paid_for, result_policies, rules_for
from apps.user_profile.models import UserProfile

Deserved = dict[tuple[int, int, str], TeamTournamentRegistration]  # by result, profile and reason
NOTHING = Paid(None, 0)


@dataclass(frozen=True)
class Settled:
    """What a settlement moved. ``spent`` are coins that should have come back and are not there any more."""

    coins: int = 0
    payments: int = 0
    taken_back: int = 0
    spent: int = 0


def settle_coins(results: Sequence[TeamTournamentRegistration], *, actor: User | None) -> Settled:
    """Bring the ledger to what these results deserve now. Part of a transaction that holds their rows.

    It compares what is deserved with what stands in the ledger, so a second call moves nothing. Each player gets the
    whole amount of a policy, as with every other policy; a policy that was changed or switched off since takes nothing
    back. The number of statements doesn't depend on the number of results.
    """
    deserved = _deserved(results)
    paid = paid_for([result.pk for result in results])
    policies = result_policies()
    wrong = [fact.entry_id for key, fact in paid.items() if fact.entry_id and key not in deserved]
    open_keys = [key for key in deserved if paid.get(key, NOTHING).entry_id is None]
    outcome = award_many(
        _payments(deserved, open_keys, paid, policies),
        actor=actor,
        take_back=wrong,
        note="The result was corrected.",
    )
    return Settled(
        coins=sum(entry.amount for entry in (*outcome.paid, *outcome.taken_back)),
        payments=len(outcome.paid),
        taken_back=len(outcome.taken_back),
        spent=sum(entry.amount for entry in outcome.spent),
    )


def _deserved(results: Sequence[TeamTournamentRegistration]) -> Deserved:
    """Return who deserves what, in the order of the results."""
    return {
        (result.pk, player["profile"], str(REASONS[rule])): result
        for result in results
        for rule in rules_for(result.status, result.placement)
        for player in result.roster
    }


def _payments(
    deserved: Deserved,
    open_keys: list[tuple[int, int, str]],
    paid: dict[tuple[int, int, str], Paid],
    policies: Policies,
) -> list[Payment]:
    amounts = {str(REASONS[Rule(rule)]): policy.amount for rule, policy in policies.items()}
    open_keys = [key for key in open_keys if key[2] in amounts]
    if not open_keys:
        return []
    active = set(
        UserProfile.objects.filter(pk__in={key[1] for key in open_keys}, user__is_active=True).values_list(
            "pk", flat=True
        )
    )
    open_keys = [key for key in open_keys if key[1] in active]
    caps = Caps(policies, active, [day for result in deserved.values() if (day := result.played_on)])
    return [
        _payment(deserved[key], key[1], key[2], amounts[key[2]], paid.get(key, NOTHING).taken_back)
        for key in open_keys
        if (day := deserved[key].played_on) and caps.take(key[1], key[2], day)
    ]


def _payment(result: TeamTournamentRegistration, profile_id: int, reason: str, amount: int, taken_back: int) -> Payment:
    again = f":{taken_back + 1}" if taken_back else ""  # what was taken back may be deserved after all
    return Payment(
        profile_id=profile_id,
        amount=amount,
        reason=reason,
        key=f"result:{result.tournament_id}:{result.team_id}:{profile_id}:{reason}{again}",
        note=result.tournament_name,
        cause=f"result:{result.pk}",
        tournament_id=result.tournament_id,
        registration_id=result.pk,
    )
