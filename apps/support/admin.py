"""The support desk: what waits first, answer in place."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from apps.core.errors import DomainError
from apps.support import permissions, services
from apps.support.models import Ticket, TicketMessage


class TicketMessageInline(TabularInline):
    """What was written, and a line for the answer."""

    model = TicketMessage
    fields = ("body", "from_staff", "author", "created_at")
    readonly_fields = ("from_staff", "author", "created_at")
    extra = 1
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_answer(request.user)


@admin.register(Ticket)
class TicketAdmin(ModelAdmin):
    list_display = ("reference", "subject", "category", "status", "priority", "assigned_to", "created_at")
    list_filter = ("status", "category", "priority", "assigned_to")
    search_fields = ("reference", "subject", "email", "name")
    list_select_related = ("assigned_to",)
    ordering = ("-priority", "created_at")
    readonly_fields = (
        "reference",
        "requester",
        "name",
        "email",
        "category",
        "subject",
        "status",
        "created_at",
        "first_response_at",
        "closed_at",
    )
    autocomplete_fields = ("assigned_to",)
    inlines = (TicketMessageInline,)
    actions = ("close",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        """Answers go through the service, as everywhere."""
        formset.save(commit=False)
        for message in formset.new_objects:
            try:
                services.reply_to_ticket(actor=request.user, ticket_id=form.instance.pk, message=message.body)
            except DomainError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)

    @admin.action(description="Close the selected tickets", permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        for ticket in queryset:
            services.close_ticket(actor=request.user, ticket_id=ticket.pk)
        self.message_user(request, f"{len(queryset)} closed.", messages.SUCCESS)
