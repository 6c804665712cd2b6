"""Many made-up movements of coins, through the ledger's own door: their chain is whole, whoever checks it."""

from apps.core.scale import Made, Plan, analyze
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.services.many import Payment, award_many
from apps.user_profile.models import UserProfile

EACH = 10  # 1,000,000 for the 100,000 people of a whole scene
AT_ONCE = 500  # players whose wallets are locked and paid together
REASONS = ("participation", "winner", "earn", "promotion")


def load(plan: Plan) -> Made:
    """Pay each of the load's players ten times."""
    profiles = UserProfile.objects.filter(user__username__regex=rf"^{plan.mark}\d+$").order_by("pk")
    players = list(profiles.values_list("pk", flat=True))
    count = 0
    for first in range(0, len(players), AT_ONCE):
        payments = [
            Payment(
                profile_id=player,
                amount=5 + (player + number) % 200,
                reason=REASONS[(player + number) % len(REASONS)],
                key=f"{plan.mark}:{player}:{number}",
                note="Made up",
            )
            for player in players[first : first + AT_ONCE]
            for number in range(EACH)
        ]
        count += len(award_many(payments, actor=None).paid)
    analyze(DeltaCrownTransaction._meta.db_table, DeltaCrownWallet._meta.db_table)
    return {"movements of coins": count}
