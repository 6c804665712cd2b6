"""Reviews in the admin: to find and read. What becomes of one is decided by the services of the order desk."""

from typing import Protocol

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.ecommerce import permissions
from apps.ecommerce.models import Review
from apps.ecommerce.services import reviews


class Decide(Protocol):
    def __call__(self, *, actor: User, review_id: int) -> Review: ...


@admin.register(Review)
class ReviewAdmin(ModelAdmin):
    """Nothing is typed here: words are the buyer's, and "not shown" needs a reason, which the desk's page asks for."""

    list_display = ("product", "stars", "user", "state", "open_reports", "written_at", "beginning")
    list_filter = ("state", "stars", "written_at")
    search_fields = ("product__name", "=user__username")
    list_select_related = ("product", "user")
    date_hierarchy = "written_at"
    fields = readonly_fields = (
        "product",
        "user",
        "item",
        "stars",
        "text",
        "state",
        "reason",
        "decided_by",
        "decided_at",
        "written_at",
        "desk",
    )
    actions = ("show_chosen", "keep_chosen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        waiting = Count("reports", filter=Q(reports__handled_at=None))
        return super().get_queryset(request).annotate(waiting_reports=waiting)

    def has_view_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        return super().has_view_permission(request, obj) or permissions.can_moderate_reviews(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Review | None = None) -> bool:
        return False  # who wrote it takes it back; staff don't show it

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return permissions.can_moderate_reviews(request.user)

    @admin.display(description="Reports", ordering="waiting_reports")
    def open_reports(self, review: Review) -> int:
        return review.waiting_reports  # type: ignore[attr-defined]  # annotated by get_queryset

    @admin.display(description="It begins")
    def beginning(self, review: Review) -> str:
        return review.text[:60]

    @admin.display(description="Decide")
    def desk(self, review: Review) -> str:
        desk = reverse("ecommerce:desk_reviews")
        return format_html('<a href="{}">At the order desk, where a reason can be given</a>', desk)

    @admin.action(description="Show the chosen reviews", permissions=["moderate"])
    def show_chosen(self, request: HttpRequest, chosen: QuerySet[Review]) -> None:
        self._each(request, chosen, "shown", reviews.publish_review)

    @admin.action(
        description="Leave the chosen ones as they are: their reports are done with", permissions=["moderate"]
    )
    def keep_chosen(self, request: HttpRequest, chosen: QuerySet[Review]) -> None:
        self._each(request, chosen, "left as they are", reviews.keep_review)

    def _each(self, request: HttpRequest, chosen: QuerySet[Review], said: str, act: Decide) -> None:
        """Decide about each for itself: one refusal leaves the others alone."""
        done = 0
        for review_id in chosen.order_by("pk").values_list("pk", flat=True):
            try:
                act(actor=request.user, review_id=review_id)
            except DomainError as refusal:
                self.message_user(request, f"Review {review_id}: {refusal.message}", messages.ERROR)
            else:
                done += 1
        self.message_user(request, f"{done} {said}.", messages.SUCCESS if done else messages.WARNING)
