"""The tasks of the ledger, for tests/core/test_tasks_once.py."""

from datetime import timedelta

from apps.economy.models import CoinPolicy, DeltaCrownTransaction, DeltaCrownWallet, Hold, LedgerAudit
from apps.economy.services import award, hold
from apps.notifications.models import Notification
from apps.user_profile.constants import LINK_COLUMNS
from apps.user_profile.models import UserProfile
from tests.once import Case, a_number, once
from tests.teams.people import make_user


def policy(rule: str) -> None:
    """Between the tests all tables are emptied, those of the migrations too."""
    CoinPolicy.objects.update_or_create(
        rule=rule, defaults={"amount": 25, "cap": 1, "window": "ever", "is_active": True}
    )


@once("economy.tell_movement", expects=1)
def a_movement() -> Case:
    user = make_user()
    entry = award(profile=user.profile, amount=5, reason="promotion", tell=False)
    told = Notification.objects.filter(recipient=user, type="economy.coins_in")
    return Case({"transaction_id": entry.pk}, effect=told.count)


@once("economy.earn", expects=[25])
def a_rule_that_pays_once() -> Case:
    policy("email_verified")
    user = make_user()
    entries = DeltaCrownTransaction.objects.filter(wallet__profile=user.profile)
    return Case(
        {"user_id": user.pk, "rule": "email_verified"}, effect=lambda: list(entries.values_list("amount", flat=True))
    )


@once("economy.release_expired_holds", expects=("released", 0))
def a_hold_that_ran_out() -> Case:
    user = make_user()
    award(profile=user.profile, amount=50, reason="promotion", tell=False)
    key = f"once:{a_number()}:{user.pk}"
    held = hold(
        profile=user.profile, amount=20, cause="order:1", idempotency_key=key, actor=user, lifetime=timedelta(0)
    )
    wallet = DeltaCrownWallet.objects.filter(profile=user.profile)
    return Case({}, effect=lambda: (Hold.objects.get(pk=held.pk).state, wallet.get().held_balance))


@once("economy.audit_ledger", expects=(True, 0))
def a_ledger_that_was_not_proved() -> Case:
    """Each run is a proof of its own, and each has its row; none of them finds a fault."""
    award(profile=make_user().profile, amount=5, reason="promotion", tell=False)
    last = LedgerAudit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    mine = LedgerAudit.objects.filter(pk__gt=last)
    return Case({}, effect=lambda: (mine.exists(), mine.filter(faults__gt=0).count()))


@once("economy.earn_complete_profiles", expects=[25])
def a_profile_that_became_complete() -> Case:
    policy("profile_completed")
    user = make_user()
    user.profile.preferred_games.create(game="valorant")
    link = next(iter(LINK_COLUMNS.values()))
    UserProfile.objects.filter(user=user).update(
        avatar="once/a", banner="once/b", bio="Hello", riot_id=f"Once{user.pk}#BD1", **{link: "https://example.test/"}
    )
    entries = DeltaCrownTransaction.objects.filter(wallet__profile=user.profile)
    return Case({}, effect=lambda: list(entries.values_list("amount", flat=True)))
