"""What buyers say about what they got."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.ecommerce.constants import ReviewState
from apps.ecommerce.models.order import OrderItem
from apps.ecommerce.models.product import Product


class Review(models.Model):
    """One person's word about one product that was delivered to them. Staff read it before others do."""

    State = ReviewState

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    item = models.ForeignKey(
        OrderItem,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What they bought: so it is verified.",
    )
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=9, choices=ReviewState.choices, default=ReviewState.PENDING)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it is not shown, for who wrote it.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("moderate_review", "Can publish and reject reviews")]
        indexes = [
            models.Index(
                fields=["product", "-id"], condition=Q(state=ReviewState.PUBLISHED), name="ecommerce_review_shown"
            ),
            models.Index(fields=["id"], condition=Q(state=ReviewState.PENDING), name="ecommerce_review_queue"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["product", "user"], name="ecommerce_review_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="ecommerce_review_stars"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="ecommerce_review_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.REJECTED) | ~Q(reason=""), name="ecommerce_review_rejected_why"
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"


class ReviewReport(models.Model):
    """Somebody says that a review breaks the rules. ``handled_at``: staff looked."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="reports", db_index=False)
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    handled_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["review", "reporter"], name="ecommerce_review_report_once")]

    def __str__(self) -> str:
        return f"report of review {self.review_id}"
