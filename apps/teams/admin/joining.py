"""Invite links and join requests, to look at and to end."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.errors import DomainError
from apps.core.staff_pages import ReadOnlyAdmin, ReadOnlyInline
from apps.teams.models import InviteLinkUse, TeamInviteLink, TeamJoinRequest
from apps.teams.services import links


class UseInline(ReadOnlyInline):
    model = InviteLinkUse
    fields = ["user", "at"]
    readonly_fields = fields
    extra = 0


@admin.register(TeamInviteLink)
class InviteLinkAdmin(ReadOnlyAdmin):
    list_display = ["team", "role", "made_by", "uses", "max_uses", "created_at", "expires_at", "revoked_at"]
    list_filter = ["role", "revoked_at", "expires_at"]
    search_fields = ["team__name", "team__tag", "made_by__username"]
    list_select_related = ["team", "made_by"]
    inlines = [UseInline]
    # Whoever has the token can join: it is the team's to give.
    exclude = ["token"]
    actions = ["revoke"]

    @admin.action(description="Revoke the link", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[TeamInviteLink]) -> None:
        for link_id in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                links.revoke_link(actor=request.user, link_id=link_id)
            except DomainError as refusal:
                messages.error(request, f"Link {link_id}: {refusal.message}")
            else:
                messages.success(request, f"Link {link_id} revoked.")

    def offers(self, act: str, row: TeamInviteLink) -> bool:
        return row.revoked_at is None

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        # The rule of the service: a superuser may do what captains may.
        return bool(request.user.is_superuser)


@admin.register(TeamJoinRequest)
class JoinRequestAdmin(ReadOnlyAdmin):
    list_display = ["team", "player", "status", "created_at", "expires_at", "answered_by", "answered_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["team__name", "team__tag", "player__username"]
    list_select_related = ["team", "player", "answered_by"]
