"""Wallets with a history to look at: results, purchases, a transfer, an adjustment."""

from apps.accounts.models import User
from apps.economy.constants import Rule
from apps.economy.services import award, debit, earn, hold, manual_adjust, refund, transfer

RESULTS = (
    ("rafi tanvir mim sakib arif", "winner", 500, 2101),
    ("rafi mim ayesha", "participation", 20, 2102),
    ("nusrat fahim shuvo priya", "runner_up", 250, 2101),
    ("ayesha rakib tasnia", "top4", 100, 2101),
)
RULES = (Rule.EMAIL_VERIFIED, Rule.FIRST_TEAM)


def load() -> str:
    """Move the coins once: each movement has its key. Through the services, so that the ledger proves itself."""
    people = {user.username: user.profile for user in User.objects.select_related("profile").filter(is_active=True)}
    for names, reason, amount, tournament in RESULTS:
        for name in names.split():
            if name in people:
                key = f"demo:{reason}:{tournament}:{name}"
                award(
                    profile=people[name],
                    amount=amount,
                    reason=reason,
                    tournament_id=tournament,
                    idempotency_key=key,
                    note="Dhaka Open 2026",
                )
    for name in ("rafi", "mim", "tanvir"):
        for rule in RULES:
            if name in people:
                earn(profile=people[name], rule=rule)
    if {"rafi", "mim", "nadia"} <= people.keys():
        _story(people["rafi"].user, people["mim"].user, people["nadia"].user)
    return "coins moved"


def _story(rafi: User, mim: User, nadia: User) -> None:
    bought = debit(
        profile=rafi.profile,
        amount=180,
        reason="purchase",
        actor=rafi,
        idempotency_key="demo:purchase",
        note="Jersey, Dhaka Wolves",
    )
    refund(transaction_id=bought.pk, actor=nadia, amount=60, idempotency_key="demo:refund", note="Postage given back")
    transfer(
        actor=rafi,
        sender=rafi.profile,
        recipient=mim.profile,
        amount=40,
        idempotency_key="demo:transfer",
        note="Pizza",
    )
    manual_adjust(
        actor=nadia, profile=mim.profile, amount=75, note="Caster at the Dhaka Open", idempotency_key="demo:adjust"
    )
    hold(profile=mim.profile, amount=100, cause="demo:reserved", idempotency_key="demo:hold", actor=mim)
