"""Coins for what players do: each rule once or up to its cap, as staff configured it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import DomainError, NotFound
from apps.economy import permissions
from apps.economy.constants import WINDOW_LENGTH, Reason, Rule, Window
from apps.economy.models import CoinPolicy, DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.services.locks import lock_wallet_of
from apps.economy.services.moving import award
from apps.user_profile.models import UserProfile
from apps.user_profile.selectors.completeness import completeness_of

# The rules of results have reasons of their own; the others are "earn".
_REASONS = {
    Rule.PARTICIPATION: Reason.PARTICIPATION,
    Rule.TOP4: Reason.TOP4,
    Rule.RUNNER_UP: Reason.RUNNER_UP,
    Rule.WINNER: Reason.WINNER,
}


@transaction.atomic
def earn(
    *,
    profile: UserProfile,
    rule: str,
    occasion: str = "once",
    tournament_id: int | None = None,
    match_id: int | None = None,
) -> DeltaCrownTransaction | None:
    """Pay what the policy of ``rule`` says for this ``occasion``, and nothing when it is off or its cap is reached.

    Args:
        rule: One of ``Rule``.
        occasion: What makes it another time: a week, a review, a tournament. The same occasion pays once, also when
            staff changed the amount in between.

    Returns:
        The entry, the earlier one for an occasion that was paid, or None.
    """
    rule = Rule(rule)
    key = f"earn:{rule}:{profile.pk}:{occasion}"
    policy = CoinPolicy.objects.filter(rule=rule, is_active=True).first()
    if policy is None:
        return DeltaCrownTransaction.objects.filter(idempotency_key=key).first()
    wallet = lock_wallet_of(profile)
    if paid := DeltaCrownTransaction.objects.filter(idempotency_key=key).first():
        return paid
    if _times(wallet, policy, timezone.now()) >= policy.cap:
        return None
    return award(
        profile=profile,
        amount=policy.amount,
        reason=_REASONS.get(rule, Reason.EARN),
        idempotency_key=key,
        cause=cause_of(rule),
        tournament_id=tournament_id,
        match_id=match_id,
    )


def cause_of(rule: Rule) -> str:
    return f"rule:{rule}"


def _times(wallet: DeltaCrownWallet, policy: CoinPolicy, now: datetime) -> int:
    """Count what the rule paid in its window. Under the wallet's lock, so that two at once don't both see room."""
    paid = DeltaCrownTransaction.objects.filter(wallet=wallet, cause=cause_of(Rule(policy.rule)))
    if policy.window != Window.EVER:
        paid = paid.filter(created_at__gt=now - WINDOW_LENGTH[Window(policy.window)])
    return paid.exclude(reason=Reason.CORRECTION).count()


def earn_by_user(*, user_id: int, rule: str, occasion: str = "once") -> DeltaCrownTransaction | None:
    """Pay a rule to a user, for callers that know ids. Accounts that are closed get nothing."""
    profile = UserProfile.objects.select_related("user").filter(user_id=user_id, user__is_active=True).first()
    if profile is None:
        return None
    if rule == Rule.PROFILE_COMPLETED and completeness_of(profile).missing:
        return None
    return earn(profile=profile, rule=rule, occasion=occasion)


def earn_complete_profiles(*, since: datetime) -> int:
    """Pay the players whose profile became complete after ``since``. Return how many were paid now."""
    done = DeltaCrownTransaction.objects.filter(cause=cause_of(Rule.PROFILE_COMPLETED)).values("wallet__profile")
    changed = UserProfile.objects.filter(updated_at__gte=since, user__is_active=True).exclude(pk__in=done)
    paid = 0
    for user_id in changed.order_by("pk").values_list("user_id", flat=True).iterator():
        paid += earn_by_user(user_id=user_id, rule=Rule.PROFILE_COMPLETED) is not None
    return paid


@transaction.atomic
def change_policy(*, actor: User, policy_id: int, amount: int, cap: int, window: str, is_active: bool) -> CoinPolicy:
    """Say what a rule pays from now on. What was paid stays.

    Raises:
        PermissionRefused: ``actor`` may not change policies.
        DomainError: A value is not possible; ``field`` names it.
    """
    permissions.check_change_policy(actor)
    policy = CoinPolicy.objects.select_for_update().filter(pk=policy_id).first()
    if policy is None:
        raise NotFound("There is no such policy.")
    wanted = {"amount": amount, "cap": cap, "window": window, "is_active": is_active}
    if amount < 1 or cap < 1 or window not in Window.values:
        raise DomainError("Amount and cap are at least 1; a rule that pays nothing is switched off.", field="amount")
    old = {name: getattr(policy, name) for name, value in wanted.items() if getattr(policy, name) != value}
    if old:
        for name in old:
            setattr(policy, name, wanted[name])
        policy.save(update_fields=list(old))
        audit.record(
            actor=actor, action="coin_policy.changed", target=policy, old=old, new={name: wanted[name] for name in old}
        )
    return policy
