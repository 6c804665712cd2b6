"""The steps a promotion takes, and what becomes of the coins with each."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib.figures import coins
from apps.economy.models import DeltaCrownTransaction
from apps.economy.services import refund, release
from apps.economy.services.locks import lock_wallets
from apps.teams.models import TeamPromotion
from apps.teams.selectors import promotion_terms

Status = TeamPromotion.Status


def lock_promotion(promotion_id: int) -> TeamPromotion:
    """Return the promotion, locked, with its team, captain and payer."""
    promotion = (
        TeamPromotion.objects.select_for_update(no_key=True, of=("self",))
        .select_related("team__captain__user", "payer", "hold")
        .filter(pk=promotion_id)
        .first()
    )
    if promotion is None:
        raise NotFound("There is no such promotion.")
    return promotion


def lock_paying_wallets(promotions: Iterable[TeamPromotion]) -> None:
    """Lock the wallets of several bookings, in the ledger's order: one by one they could meet a transfer's locks."""
    wallets = {promotion.hold.wallet_id for promotion in promotions if promotion.hold}
    if wallets:
        lock_wallets(wallets)


def move(actor: User | None, promotion: TeamPromotion, status: str, *, reason: str = "") -> None:
    """Take one step of the transition table and record it. The caller holds the lock of ``promotion``."""
    old = Status(promotion.status)
    if status not in TeamPromotion.TRANSITIONS[old]:
        raise Conflict(f"This promotion is over: {old.label.lower()}. It can't become {Status(status).label.lower()}.")
    promotion.status = status
    promotion.reason = reason or promotion.reason
    promotion.save(update_fields=["status", "reason", "refunded", "decided_by", "decided_at"])
    new = {"promotion": promotion.pk, "status": status}
    if promotion.refunded:
        new["refunded"] = promotion.refunded
    audit.record(
        actor=actor,
        action=f"team.promotion_{status}",
        target=promotion.team,
        old={"promotion": promotion.pk, "status": old},
        new=new | ({"reason": reason} if reason else {}),
    )


def decide(actor: User, promotion: TeamPromotion, status: str, *, reason: str = "") -> None:
    promotion.decided_by, promotion.decided_at = actor, timezone.now()
    move(actor, promotion, status, reason=reason)


def give_back(actor: User | None, promotion: TeamPromotion, *, by_staff: bool, at: datetime | None = None) -> str:
    """Free or refund what the terms say for an end now, before the status moves. Return a sentence about the coins."""
    if not promotion.price or promotion.hold_id is None:
        return ""
    if promotion.decided_at is None:
        release(hold_id=promotion.hold_id, actor=actor)
        return f"{coins(promotion.price)} are free in your wallet again."
    back = promotion_terms.back_now(promotion, by_staff=by_staff, at=at or timezone.now())
    if back:
        refund(
            transaction_id=payment_of(promotion).pk,
            actor=actor,
            amount=back,
            idempotency_key=f"promotion-refund:{promotion.pk}",
            note="The promotion was cancelled",
            tell=False,  # the news of the promotion says it
        )
    promotion.refunded = back
    return f"{coins(back)} of {coins(promotion.price)} came back." if back else f"{coins(promotion.price)} stay paid."


def payment_of(promotion: TeamPromotion) -> DeltaCrownTransaction:
    """Return the entry that the captured hold wrote. Its key is the hold's."""
    return DeltaCrownTransaction.objects.get(idempotency_key=f"hold:{promotion.hold_id}")


def reason_of(text: str) -> str:
    reason = " ".join(text.split())[:300]
    if not reason:
        raise DomainError("Write the reason: the captain reads it.", field="reason")
    return reason
