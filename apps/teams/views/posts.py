"""/teams/<slug>/posts/: read, write, change, remove and report."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams.forms.posts import PostForm, ReasonForm, ReportForm
from apps.teams.models import TeamPost
from apps.teams.permissions import Standing
from apps.teams.permissions import posts as rules
from apps.teams.selectors import posts as selectors
from apps.teams.selectors import rosters
from apps.teams.services import posts as services
from apps.teams.views.frames import team_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest

Kind = TeamPost.Kind


@require_safe
def posts(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:posts", slug=team.slug)
    found = selectors.posts_page(standing, cursor=request.GET.get("after", ""))
    context = {
        **team_frame(standing, current="posts"),
        "on_top": found.on_top,
        "page": found.page,
        "unpublished": selectors.unpublished_of(standing),
        "can_write": rules.can_write_post(standing),
        "can_announce": rules.can_announce(standing),
        "can_manage_posts": rules.can_manage_posts(standing),
        "next_url": f"?after={found.page.next_cursor}" if found.page.has_next else "",
        "first_url": "" if found.page.is_first else "?",
    }
    return render(request, "teams/posts.html", context)


@require_safe
def post(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    found = selectors.post_of(standing, post_id)
    if team.slug != slug:
        return redirect(found)
    context = {
        **team_frame(standing, current="posts"),
        "post": found,
        "can_edit_post": rules.can_edit_post(standing, found),
        "can_pin": found.is_published and rules.can_pin_post(standing, found),
        "can_remove": found.state != TeamPost.State.REMOVED and rules.can_remove_post(standing, found),
        "can_restore": found.state == TeamPost.State.REMOVED and rules.can_restore_post(standing, found),
        "can_report": rules.can_report_post(standing, found),
        "can_review": rules.can_review_posts(standing),
        "reason_form": ReasonForm(),
    }
    return render(request, "teams/post.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_post(request: SignedInRequest, slug: str) -> HttpResponse:
    """A new post; with ``?kind=announcement`` an announcement."""
    team, standing = rosters.team_for(request.user, slug)
    kind = Kind.ANNOUNCEMENT if request.GET.get("kind") == Kind.ANNOUNCEMENT else Kind.POST
    (rules.check_announce if kind == Kind.ANNOUNCEMENT else rules.check_write_post)(standing)
    form = PostForm(request.POST or None, request.FILES or None, kind=kind, initial={"client_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        made = _kept(
            form,
            lambda: services.create_post(
                actor=request.user,
                team_id=team.pk,
                words=form.words(),
                client_id=form.cleaned_data["client_id"] or uuid4(),
                publish=request.POST.get("act") != "draft",
                pictures=form.new_pictures(),
            ),
        )
        if made:
            return _written(request, made)
    return _form(request, standing, form, kind=kind)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_post(request: SignedInRequest, slug: str, post_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.post_of(standing, post_id)
    rules.check_edit_post(standing, found)
    initial = {name: getattr(found, name) for name in ("title", "body", "audience", "on_top_until")}
    form = PostForm(request.POST or None, request.FILES or None, kind=found.kind, post=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = _kept(
            form,
            lambda: services.edit_post(
                actor=request.user,
                post_id=found.pk,
                words=form.words(),
                publish=request.POST.get("act") != "draft",
                pictures=form.new_pictures(),
                dropped=form.dropped(),
                alts=form.alts(),
            ),
        )
        if changed:
            return _written(request, changed)
    return _form(request, standing, form, kind=found.kind, post=found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_post(request: SignedInRequest, slug: str, post_id: int) -> HttpResponse:
    """Ask first; for another's post also for the reason."""
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.post_of(standing, post_id)
    rules.check_remove_post(standing, found)
    is_own = found.author_id == request.user.pk
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and (is_own or form.is_valid()):
        reason = "" if is_own else form.cleaned_data["reason"]
        removed = _kept(form, lambda: services.remove_post(actor=request.user, post_id=found.pk, reason=reason))
        if removed:
            messages.success(request, f"“{removed.title}” is removed. You can bring it back for a week.")
            return redirect(removed)
    context = {**team_frame(standing, current="posts"), "post": found, "form": form, "is_own": is_own}
    return render(request, "teams/remove_post.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def restore_post(request: SignedInRequest, slug: str, post_id: int) -> HttpResponse:
    return _act(request, slug, post_id, services.restore_post, "The post is back.")


@login_required
@require_POST
def pin_post(request: SignedInRequest, slug: str, post_id: int) -> HttpResponse:
    pinned = request.POST.get("pinned") == "1"
    done = "Pinned: it stands above the others." if pinned else "No longer pinned."
    return _act(request, slug, post_id, services.pin_post, done, pinned=pinned)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_post(request: SignedInRequest, slug: str, post_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.post_of(standing, post_id)
    rules.check_report_post(standing, found)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        if _kept(form, lambda: services.report_post(actor=request.user, post_id=found.pk, **words)):
            messages.success(request, "Thank you. Staff will look at it; the author does not learn who told us.")
            return redirect(found)
    context = {**team_frame(standing, current="posts"), "post": found, "form": form}
    return render(request, "teams/report_post.html", context, status=422 if form.errors else 200)


def _act(
    request: SignedInRequest, slug: str, post_id: int, act: Callable[..., Any], done: str, **how: Any
) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.post_of(standing, post_id)
    try:
        act(actor=request.user, post_id=found.pk, **how)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, done)
    return redirect(found)


def _kept(form: Any, act: Callable[[], Any]) -> Any:
    """Do it, or put the refusal into the form and return nothing."""
    try:
        return act()
    except DomainError as refusal:
        show_in_form(form, refusal)
        return None


def _written(request: SignedInRequest, post: TeamPost) -> HttpResponse:
    said = {
        TeamPost.State.PUBLISHED: "Published.",
        TeamPost.State.PENDING: "Your post waits for a captain. You hear from us when it is decided.",
    }
    messages.success(request, said.get(TeamPost.State(post.state), "Saved as a draft that only you see."))
    return redirect(post)


def _form(
    request: SignedInRequest, standing: Standing, form: PostForm, *, kind: str, post: TeamPost | None = None
) -> HttpResponse:
    is_plain = kind == Kind.POST and not rules.can_review_posts(standing)
    context = {
        **team_frame(standing, current="posts"),
        "form": form,
        "post": post,
        "is_announcement": kind == Kind.ANNOUNCEMENT,
        "must_wait": is_plain and standing.team.posts_need_approval,
    }
    return render(request, "teams/write_post.html", context, status=422 if form.errors else 200)
