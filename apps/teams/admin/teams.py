"""What staff see and do. Every change goes through a service, so that it is checked and recorded like any other."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.errors import DomainError
from apps.core.staff_pages import ReadOnlyAdmin, ReadOnlyInline
from apps.teams.models import CaptainTransfer, ChatMessage, PastName, RosterChange, Team, TeamInvite, TeamMembership
from apps.teams.models.flags import MemberFlag
from apps.teams.services import chat, disbanding, invites, staff

JOINING = ["accepts_join_requests", "join_message_required", "auto_accept_join_requests", "join_question"]


class MembershipInline(ReadOnlyInline):
    model = TeamMembership
    fields = ["profile", "role", "status", "slot", "in_game_role", "joined_at", "left_at"]
    readonly_fields = fields
    extra = 0


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    list_display = ["name", "tag", "game", "captain", "is_verified", "is_featured", "is_active", "created_at"]
    list_filter = ["game", "is_verified", "is_featured", "is_recruiting", "is_active", "is_public"]
    search_fields = ["name", "tag", "slug", "captain__display_name", "captain__user__username"]
    list_select_related = ["captain"]
    inlines = [MembershipInline]
    actions = ["verify", "unverify", "feature", "unfeature", "restore"]
    fieldsets = [
        (None, {"fields": ["name", "tag", "game", "region", "captain", "tagline", "description", "links"]}),
        ("Standing", {"fields": ["is_verified", "is_featured", "total_points", "adjust_points", "member_count"]}),
        ("Open and shut", {"fields": ["is_active", "is_public", "is_recruiting", "created_at", "disbanded_at"]}),
        ("Joining", {"fields": JOINING}),
        ("What members may do", {"fields": [f"members_can_{flag.value}" for flag in MemberFlag]}),
    ]

    @admin.action(description="Mark as verified", permissions=["set_flags"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        self._set(request, queryset, is_verified=True)

    @admin.action(description="Take the verified mark away", permissions=["set_flags"])
    def unverify(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        self._set(request, queryset, is_verified=False)

    @admin.action(description="Feature", permissions=["set_flags"])
    def feature(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        self._set(request, queryset, is_featured=True)

    @admin.action(description="Stop featuring", permissions=["set_flags"])
    def unfeature(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        self._set(request, queryset, is_featured=False)

    @admin.action(description="Restore within 30 days of disbanding", permissions=["set_flags"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Team]) -> None:
        for team in queryset:
            try:
                disbanding.restore_team(actor=request.user, team_id=team.pk)
            except DomainError as refusal:
                messages.error(request, f"{team.name}: {refusal.message}")
            else:
                messages.success(request, f"{team.name} is back.")

    def offers(self, act: str, row: Team) -> bool:
        open_to = {
            "verify": row.is_active and not row.is_verified,
            "unverify": row.is_verified,
            "feature": row.is_active and not row.is_featured,
            "unfeature": row.is_featured,
            "restore": not row.is_active,
        }
        return open_to[act]

    def has_set_flags_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("teams.change_team")

    def _set(self, request: HttpRequest, queryset: QuerySet[Team], **flags: bool) -> None:
        changed = staff.set_flags(actor=request.user, team_ids=list(queryset.values_list("pk", flat=True)), **flags)
        messages.success(request, f"{changed} changed.")


@admin.register(TeamMembership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["team", "profile", "game", "role", "status", "slot", "joined_at", "left_at"]
    list_filter = ["status", "role", "game"]
    search_fields = ["team__name", "team__tag", "profile__display_name", "profile__user__username"]
    list_select_related = ["team", "profile"]


@admin.register(RosterChange)
class RosterChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "team", "profile", "kind", "role", "status", "actor"]
    list_filter = ["kind", "role"]
    search_fields = ["team__name", "team__tag", "profile__display_name", "profile__user__username"]
    list_select_related = ["team", "profile", "actor"]
    date_hierarchy = "at"


@admin.register(PastName)
class PastNameAdmin(ReadOnlyAdmin):
    list_display = ["name", "tag", "slug", "team", "given_up_at", "renamed_by"]
    search_fields = ["name", "tag", "slug", "team__name"]
    list_select_related = ["team", "renamed_by"]


@admin.register(CaptainTransfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["team", "captain", "successor", "status", "created_at", "expires_at", "answered_at"]
    list_filter = ["status"]
    search_fields = ["team__name", "team__tag", "successor__display_name"]
    list_select_related = ["team", "captain", "successor"]


@admin.register(TeamInvite)
class InviteAdmin(ReadOnlyAdmin):
    list_display = ["team", "invitee", "email", "role", "status", "invited_by", "created_at", "expires_at"]
    list_filter = ["status", "role"]
    search_fields = ["team__name", "email", "invitee__username"]
    list_select_related = ["team", "invitee", "invited_by"]
    # The link lets its holder read the invitation: it is the team's to give.
    exclude = ["token"]
    actions = ["cancel"]

    @admin.action(description="Cancel the invitation", permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[TeamInvite]) -> None:
        for invite_id in queryset.values_list("pk", flat=True):
            try:
                invites.cancel_invite(actor=request.user, invite_id=invite_id)
            except DomainError as refusal:
                messages.error(request, f"Invitation {invite_id}: {refusal.message}")
            else:
                messages.success(request, f"Invitation {invite_id} cancelled.")

    def offers(self, act: str, row: TeamInvite) -> bool:
        return row.status == TeamInvite.Status.PENDING

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        # The rule of the service: a superuser may do what captains may.
        return bool(request.user.is_superuser)


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnlyAdmin):
    list_display = ["team", "number", "author", "created_at", "edited_at", "deleted_at", "deleted_by"]
    search_fields = ["team__name", "team__tag", "author__username"]
    list_select_related = ["team", "author", "deleted_by"]
    ordering = ["-pk"]
    exclude = ["client_id"]
    actions = ["remove"]

    @admin.action(description="Remove the message", permissions=["remove"])
    def remove(self, request: HttpRequest, queryset: QuerySet[ChatMessage]) -> None:
        for message_id in queryset.values_list("pk", flat=True):
            try:
                chat.delete_message(actor=request.user, message_id=message_id)
            except DomainError as refusal:
                messages.error(request, f"Message {message_id}: {refusal.message}")
            else:
                messages.success(request, f"Message {message_id} removed.")

    def offers(self, act: str, row: ChatMessage) -> bool:
        return row.deleted_at is None

    def has_remove_permission(self, request: HttpRequest) -> bool:
        # The rule of the service: a superuser may do what captains may.
        return bool(request.user.is_superuser)
