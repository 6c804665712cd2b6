"""Staff look after the site's Discord channels, and see those of others without their addresses."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import display

from apps.core.errors import DomainError
from apps.core.staff_pages import ReadOnlyAdmin
from apps.notifications import permissions, services
from apps.notifications.constants import SITE_OWNER
from apps.notifications.discord import addresses
from apps.notifications.models import Webhook


class SiteWebhookForm(forms.ModelForm):
    """A new channel of the site. Others are entered by those whose they are."""

    url = forms.CharField(
        label="Webhook address",
        max_length=1_000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "class": "vURLField"}),
        help_text="In Discord: the channel's settings, Integrations, Webhooks. It is shown to nobody again.",
    )

    class Meta:
        model = Webhook
        fields = ("name",)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            addresses.parse(url)
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return url


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "kind", "whose", "short_id", "coloured_state", "off_reason", "created_at")
    list_display_links = ("id", "name")
    list_filter = ("kind", ("off_at", admin.EmptyFieldListFilter), ("removed_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    search_fields = ("=id", "name", "=owner", "=user__username", "=discord_id")
    ordering = ("-id",)
    actions = ("send_test", "take_away")
    fields = (
        *("name", "kind", "whose", "short_id", "muted_types", "added_by"),
        *("created_at", "off_at", "off_reason", "removed_at"),
    )
    readonly_fields = ("whose", "short_id")

    @admin.display(description="owner")
    def whose(self, row: Webhook) -> str:
        return str(row.user or row.owner)

    @admin.display(description="Discord's number ends with")
    def short_id(self, row: Webhook) -> str:
        return row.short_id

    @display(description="state", label={"On": "success", "Switched off": "danger", "Taken away": "info"})
    def coloured_state(self, row: Webhook) -> str:
        if row.removed_at:
            return "Taken away"
        return "On" if row.works else "Switched off"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.can_manage_site_webhooks(request.user)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return permissions.can_manage_site_webhooks(request.user)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return redirect("admin:notifications_webhook_changelist")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            return super().get_form(
                request, obj, change, **{**kwargs, "form": SiteWebhookForm, "fields": ("name", "url")}
            )
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "url") if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Webhook, form: Any, change: bool) -> None:
        made = services.add_webhook(
            actor=request.user, owner=SITE_OWNER, url=form.cleaned_data["url"], name=form.cleaned_data["name"]
        )
        obj.__dict__.update(made.__dict__)

    @admin.action(description="Send a test (channels of the site)", permissions=["manage"])
    def send_test(self, request: HttpRequest, rows: QuerySet[Webhook]) -> None:
        for webhook in rows.filter(owner=SITE_OWNER, removed_at__isnull=True):
            try:
                said = services.test_webhook(actor=request.user, webhook_id=webhook.pk)
            except DomainError as refusal:
                self.message_user(request, f"{webhook.name}: {refusal.message}", messages.ERROR)
            else:
                self.message_user(request, f"{webhook.name}: {said}", messages.SUCCESS)

    @admin.action(description="Take away (channels of the site)", permissions=["manage"])
    def take_away(self, request: HttpRequest, rows: QuerySet[Webhook]) -> None:
        done = 0
        for webhook in rows.filter(owner=SITE_OWNER, removed_at__isnull=True):
            services.remove_webhook(actor=request.user, webhook_id=webhook.pk)
            done += 1
        self.message_user(request, f"{done} taken away. Nothing more goes there.", messages.SUCCESS)
