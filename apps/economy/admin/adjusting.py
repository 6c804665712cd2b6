"""Wallets, the form that changes one by hand, the list that pays many, and the second person's decision."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from apps.core.errors import DomainError
from apps.core.staff_pages import ReadOnlyAdmin
from apps.economy import permissions
from apps.economy.forms import AdjustForm, BulkForm
from apps.economy.models import DeltaCrownWallet, WalletAdjustment
from apps.economy.services import approve_adjustment, bulk_grant, manual_adjust, refuse_adjustment
from apps.economy.services.bulk import BulkGrant
from apps.user_profile.models import UserProfile


@admin.register(DeltaCrownWallet)
class WalletAdmin(ReadOnlyAdmin):
    list_display = ("id", "profile", "cached_balance", "held_balance", "entries", "created_at")
    fields = ("profile", "cached_balance", "held_balance", "entries", "head_hash", "created_at")
    readonly_fields = fields  # nobody edits them, so a form alone would leave them out
    search_fields = ("profile__display_name", "profile__user__username")
    list_select_related = ("profile",)
    actions_list = ("adjust", "bulk")

    def has_adjust_permission(self, request: HttpRequest, *args: Any) -> bool:
        return permissions.can_adjust(request.user)

    @action(description="Adjust a balance", url_path="adjust", permissions=["adjust"])  # type: ignore[untyped-decorator,unused-ignore]  # unfold has no types
    def adjust(self, request: HttpRequest) -> HttpResponse:
        form = AdjustForm(request.POST or None, initial={"key": uuid4().hex})
        if request.method == "POST" and form.is_valid() and self._adjust(request, form):
            return HttpResponseRedirect(reverse("admin:economy_walletadjustment_changelist"))
        return self._page(request, "economy/admin_adjust.html", "Adjust a balance", form=form)

    def _adjust(self, request: HttpRequest, form: AdjustForm) -> bool:
        given = form.cleaned_data
        profile = UserProfile.objects.select_related("user").filter(user__username__iexact=given["username"]).first()
        if profile is None:
            form.add_error("username", "There is no such player.")
            return False
        try:
            adjustment = manual_adjust(
                actor=request.user,
                profile=profile,
                amount=given["amount"],
                note=given["note"],
                idempotency_key=given["key"],
            )
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return False
        messages.success(request, f"{adjustment}: {adjustment.get_state_display().lower()}.")
        return True

    @action(description="Pay a list", url_path="bulk", permissions=["adjust"])  # type: ignore[untyped-decorator,unused-ignore]  # unfold has no types
    def bulk(self, request: HttpRequest) -> HttpResponse:
        form = BulkForm(request.POST or None, request.FILES or None)
        grant: BulkGrant | None = None
        if request.method == "POST" and form.is_valid():
            try:
                grant = bulk_grant(actor=request.user, text=form.text, dry_run="pay" not in request.POST)
            except DomainError as refusal:
                form.add_error("list", refusal.message)
            else:
                # What was checked is what is paid: the second step sends the lines back, not another file.
                form = BulkForm(initial={"list": form.text})
                if "pay" in request.POST and not grant.problems:
                    messages.success(
                        request, f"{grant.paid} players paid, {len(grant.lines) - grant.paid} were paid before."
                    )
                    return HttpResponseRedirect(reverse("admin:economy_deltacrowntransaction_changelist"))
        return self._page(request, "economy/admin_bulk.html", "Pay a list", form=form, grant=grant)

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), "title": title, **context})


@admin.register(WalletAdjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ("id", "player", "amount", "note", "state", "requested_by", "requested_at", "decided_by")
    list_filter = ("state",)
    list_select_related = ("wallet__profile", "requested_by", "decided_by")
    actions = ("approve", "refuse")

    @admin.display(description="player")
    def player(self, adjustment: WalletAdjustment) -> str:
        return adjustment.wallet.profile.display_name

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return permissions.can_adjust(request.user)

    @admin.action(description="Approve: the coins move", permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[WalletAdjustment]) -> None:
        self._decide(request, queryset, approve_adjustment)

    @admin.action(description="Refuse", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[WalletAdjustment]) -> None:
        self._decide(request, queryset, refuse_adjustment)

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[WalletAdjustment],
        decide: Callable[..., WalletAdjustment],
    ) -> None:
        for adjustment_id in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                decided = decide(actor=request.user, adjustment_id=adjustment_id)
            except DomainError as refusal:
                messages.error(request, f"Adjustment {adjustment_id}: {refusal.message}")
            else:
                messages.success(request, f"Adjustment {adjustment_id}: {decided.get_state_display().lower()}.")
