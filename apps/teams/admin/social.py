"""What staff see of followers and posts, and the queue of reported ones."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.utils.text import Truncator

from apps.core.staff_pages import ReadOnlyAdmin, each
from apps.teams.admin.sponsors import ReasonForm
from apps.teams.models import BoardReply, BoardThread, TalkReport, TeamFollow, TeamPost, TeamPostReport
from apps.teams.permissions import posts as rules
from apps.teams.services import board, posts, talk_reports


@admin.register(TeamFollow)
class FollowAdmin(ReadOnlyAdmin):
    list_display = ["team", "profile", "created_at"]
    search_fields = ["team__name", "team__tag", "profile__display_name", "profile__user__username"]
    list_select_related = ["team", "profile"]
    ordering = ["-pk"]


class Moderated:
    """Actions for those who may settle reports; a refusal of one row leaves the others alone."""

    action_form = ReasonForm

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return rules.can_moderate_posts(request.user)

    def each(self, request: HttpRequest, queryset: QuerySet[Any], act: Callable[..., object], done: str) -> None:
        each(request, queryset, lambda row: act(row, actor=request.user), done)


@admin.register(TeamPost)
class PostAdmin(Moderated, ReadOnlyAdmin):
    list_display = ["title", "team", "kind", "state", "audience", "author", "published_at", "edited_at"]
    list_filter = ["state", "kind", "audience"]
    search_fields = ["title", "team__name", "team__tag", "author__username"]
    list_select_related = ["team", "author"]
    ordering = ["-pk"]
    exclude = ["client_id"]
    actions = ["hide", "bring_back"]

    @admin.action(description="Remove, with the reason", permissions=["moderate"])
    def hide(self, request: HttpRequest, queryset: QuerySet[TeamPost]) -> None:
        reason = request.POST.get("reason", "")
        self.each(
            request,
            queryset,
            lambda row, actor: posts.remove_post(actor=actor, post_id=row.pk, reason=reason),
            "removed",
        )

    @admin.action(description="Bring back", permissions=["moderate"])
    def bring_back(self, request: HttpRequest, queryset: QuerySet[TeamPost]) -> None:
        self.each(request, queryset, lambda row, actor: posts.restore_post(actor=actor, post_id=row.pk), "is back")

    def offers(self, act: str, row: TeamPost) -> bool:
        return (row.state == TeamPost.State.REMOVED) == (act == "bring_back")


@admin.register(TeamPostReport)
class PostReportAdmin(Moderated, ReadOnlyAdmin):
    list_display = ["post", "team", "why", "words", "state", "reporter", "created_at", "settled_by"]
    list_filter = ["state", "why"]
    search_fields = ["post__title", "post__team__name", "words"]
    list_select_related = ["post__team", "reporter", "settled_by"]
    # What is open stands first.
    ordering = ["state", "-pk"]
    actions = ["uphold", "dismiss"]

    def offers(self, act: str, row: TeamPostReport) -> bool:
        return row.state == TeamPostReport.State.OPEN

    @admin.display(ordering="post__team__name")
    def team(self, report: TeamPostReport) -> str:
        return str(report.post.team)

    @admin.action(description="Remove the post, with the reason", permissions=["moderate"])
    def uphold(self, request: HttpRequest, queryset: QuerySet[TeamPostReport]) -> None:
        reason = request.POST.get("reason", "")
        self.each(
            request,
            queryset,
            lambda row, actor: posts.uphold_report(actor=actor, report_id=row.pk, reason=reason),
            "upheld: the post is removed",
        )

    @admin.action(description="Nothing wrong: dismiss", permissions=["moderate"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[TeamPostReport]) -> None:
        self.each(
            request, queryset, lambda row, actor: posts.dismiss_report(actor=actor, report_id=row.pk), "dismissed"
        )


@admin.register(TalkReport)
class TalkReportAdmin(Moderated, ReadOnlyAdmin):
    """The queue of reported threads, replies and chat messages, with the words that were reported."""

    list_display = ["kind", "team", "says", "author", "why", "words", "state", "reporter", "created_at", "settled_by"]
    list_filter = ["state", "kind", "why"]
    search_fields = ["team__name", "quoted", "words", "author__username"]
    list_select_related = ["team", "author", "reporter", "settled_by"]
    ordering = [Case(When(state="open", then=0), default=1), "-pk"]
    actions = ["uphold", "dismiss"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_moderate_permission(request)  # who settles reports reads them, without another permission

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_moderate_permission(request)

    def offers(self, act: str, row: TalkReport) -> bool:
        return row.state == TalkReport.State.OPEN

    @admin.display(description="What it says")
    def says(self, report: TalkReport) -> str:
        return Truncator(report.quoted).chars(160)

    @admin.action(description="Remove it, with the reason", permissions=["moderate"])
    def uphold(self, request: HttpRequest, queryset: QuerySet[TalkReport]) -> None:
        reason = request.POST.get("reason", "")
        self.each(
            request,
            queryset,
            lambda row, actor: talk_reports.uphold_talk_report(actor=actor, report_id=row.pk, reason=reason),
            "removed",
        )

    @admin.action(description="Nothing wrong: dismiss", permissions=["moderate"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[TalkReport]) -> None:
        self.each(
            request,
            queryset,
            lambda row, actor: talk_reports.dismiss_talk_report(actor=actor, report_id=row.pk),
            "dismissed",
        )


class Ordered(Moderated):
    """The rule of the service: a superuser may do what captains may."""

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)


@admin.register(BoardThread)
class ThreadAdmin(Ordered, ReadOnlyAdmin):
    list_display = ["title", "team", "author", "reply_count", "last_at", "is_locked", "removed_at", "removed_by"]
    search_fields = ["title", "team__name", "team__tag", "author__username"]
    list_select_related = ["team", "author", "removed_by"]
    ordering = ["-pk"]
    exclude = ["client_id"]
    actions = ["remove"]

    def offers(self, act: str, row: BoardThread) -> bool:
        return row.removed_at is None

    @admin.action(description="Remove the thread", permissions=["moderate"])
    def remove(self, request: HttpRequest, queryset: QuerySet[BoardThread]) -> None:
        self.each(request, queryset, lambda row, actor: board.remove_thread(actor=actor, thread_id=row.pk), "removed")


@admin.register(BoardReply)
class ReplyAdmin(Ordered, ReadOnlyAdmin):
    list_display = ["pk", "thread", "author", "created_at", "edited_at", "removed_at", "removed_by"]
    search_fields = ["thread__title", "thread__team__name", "author__username"]
    list_select_related = ["thread", "author", "removed_by"]
    ordering = ["-pk"]
    exclude = ["client_id"]
    actions = ["remove"]

    def offers(self, act: str, row: BoardReply) -> bool:
        return row.removed_at is None

    @admin.action(description="Remove the reply", permissions=["moderate"])
    def remove(self, request: HttpRequest, queryset: QuerySet[BoardReply]) -> None:
        self.each(request, queryset, lambda row, actor: board.remove_reply(actor=actor, reply_id=row.pk), "removed")
