"""Reviews: written by buyers, read by staff, then shown."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs, rate_limit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib.typed import one_line, paragraphs
from apps.ecommerce import permissions
from apps.ecommerce.constants import REVIEW_LENGTH, ReviewState
from apps.ecommerce.models import OrderItem, Product, Review, ReviewReport
from apps.economy.constants import Rule
from apps.notifications.services import notify

SHORTEST = 20


@transaction.atomic
def write_review(*, actor: User, product_id: int, stars: int, text: str) -> Review:
    """Say what a product is like, or say it anew: staff read it first in both cases. Sent twice, it is one.

    Raises:
        NotFound: There is no such product in the store.
        PermissionRefused: The actor bought it not, or it was not delivered yet.
        DomainError: No stars, or the text is too short or too long; ``field`` names it.
    """
    product = Product.objects.filter(pk=product_id, is_published=True).first()
    if product is None:
        raise NotFound("There is no such product in the store.")
    item = permissions.check_review(actor, product)
    text = _check(stars, text)
    rate_limit.check("ecommerce.review", key=str(actor.pk), limit=30, seconds=3600)
    return _keep(actor, product, item, stars, text)


@transaction.atomic
def publish_review(*, actor: User, review_id: int) -> Review:
    """Show a review. Its first time earns the coins of "review written", as often as the rule's cap lets it.

    Raises:
        PermissionRefused: The actor does not moderate reviews, or wrote it.
    """
    review = _to_decide(actor, review_id)
    if review.state == ReviewState.PUBLISHED:
        return review
    _decide(review, ReviewState.PUBLISHED, actor)
    jobs.enqueue(
        "economy.earn", user_id=review.user_id, rule=str(Rule.REVIEW_WRITTEN), occasion=f"product:{review.product_id}"
    )
    _tell(review, "ecommerce.review_published")
    return review


@transaction.atomic
def reject_review(*, actor: User, review_id: int, reason: str) -> Review:
    """Don't show a review, or no longer. Who wrote it reads why and can write it anew.

    Raises:
        PermissionRefused: The actor does not moderate reviews, or wrote it.
        DomainError: No reason for who wrote it.
    """
    review = _to_decide(actor, review_id)
    reason = one_line(reason)
    if not 5 <= len(reason) <= 300:
        raise DomainError("Tell who wrote it why, in 5 to 300 characters.", field="reason")
    if review.state == ReviewState.REJECTED:
        return review
    _decide(review, ReviewState.REJECTED, actor, reason=reason)
    _tell(review, "ecommerce.review_rejected", why=reason)
    return review


@transaction.atomic
def keep_review(*, actor: User, review_id: int) -> Review:
    """Leave a reported review as it is: its reports are done with."""
    review = _to_decide(actor, review_id)
    if handled := review.reports.filter(handled_at=None).update(handled_at=timezone.now()):
        audit.record(actor=actor, action="review.kept", target=review, new={"reports": handled})
    return review


@transaction.atomic
def remove_review(*, actor: User, product_id: int) -> None:
    """Take one's own review back. Asked twice, nothing happens."""
    review = Review.objects.select_for_update(of=("self",)).filter(product=product_id, user=actor.pk).first()
    if review is not None:
        audit.record(actor=actor, action="review.removed", target=review, new={"product": product_id})
        review.delete()


@transaction.atomic
def report_review(*, actor: User, review_id: int, reason: str) -> Review:
    """Say that a review breaks the rules; once for a person. Who wrote it doesn't hear who said so.

    Raises:
        NotFound: It is not shown.
        Conflict: It is one's own.
        DomainError: No reason.
    """
    reason = one_line(reason)
    if not 5 <= len(reason) <= 200:
        raise DomainError("Say what is wrong with it, in 5 to 200 characters.", field="reason")
    permissions.check_report_review(actor)
    rate_limit.check("ecommerce.review_report", key=str(actor.pk), limit=20, seconds=3600)
    review = Review.objects.select_related("product").filter(pk=review_id, state=ReviewState.PUBLISHED).first()
    if review is None:
        raise NotFound("There is no such review.")
    if review.user_id == actor.pk:
        raise Conflict("It is your own. You can change it or take it back.")
    report = ReviewReport(review=review, reporter=actor, reason=reason)
    ReviewReport.objects.bulk_create([report], ignore_conflicts=True)
    return review


def _check(stars: int, text: str) -> str:
    if type(stars) is not int or not 1 <= stars <= 5:
        raise DomainError("Give one to five stars.", field="stars")
    text = paragraphs(text)
    if len(text) < SHORTEST:
        raise DomainError(
            f"Write at least {SHORTEST} characters: what is good, what is not, for whom it is.", field="text"
        )
    if len(text) > REVIEW_LENGTH:
        raise DomainError(f"That is longer than {REVIEW_LENGTH:,} characters: it has {len(text):,}.", field="text")
    return text


def _keep(actor: User, product: Product, item: OrderItem, stars: int, text: str) -> Review:
    """Make the review or change it; of two sent at once the second finds the first one's row."""
    Review.objects.bulk_create(
        [Review(product=product, user=actor, item=item, stars=stars, text=text)], ignore_conflicts=True
    )
    review = Review.objects.select_for_update(of=("self",), no_key=True).get(product=product, user=actor)
    same = (review.stars, review.text) == (stars, text)
    if same and review.state != ReviewState.REJECTED:
        return review
    review.stars, review.text, review.item = stars, text, item
    review.state, review.reason, review.written_at = ReviewState.PENDING, "", timezone.now()
    review.save(update_fields=["stars", "text", "item", "state", "reason", "written_at"])
    return review


def _to_decide(actor: User, review_id: int) -> Review:
    review = Review.objects.select_for_update(of=("self",), no_key=True).filter(pk=review_id).first()
    if review is None:
        raise NotFound("There is no such review. Perhaps it was taken back.")
    permissions.check_moderate_review(actor, review)
    return review


def _decide(review: Review, state: ReviewState, actor: User, reason: str = "") -> None:
    old = review.state
    review.state, review.reason, review.decided_by, review.decided_at = state, reason, actor, timezone.now()
    review.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    review.reports.filter(handled_at=None).update(handled_at=review.decided_at)
    audit.record(
        actor=actor,
        action=f"review.{state.value}",
        target=review,
        old={"state": old},
        new={"state": state.value, "reason": reason},
    )


def _tell(review: Review, code: str, why: str = "") -> None:
    notify(
        [review.user_id],
        code,
        subject=review.product,
        context={"product": review.product.name, "why": why},
        fingerprint=f"review:{review.pk}:{review.state}:{review.written_at.isoformat()}",
    )
