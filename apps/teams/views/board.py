"""/teams/<slug>/board/: threads and replies. Everything is a plain form."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams.forms.board import ReplyForm, ThreadForm
from apps.teams.models import BoardReply, BoardThread
from apps.teams.permissions import Standing
from apps.teams.permissions import board as rules
from apps.teams.permissions.talk_reports import can_report_talk
from apps.teams.selectors import board as selectors
from apps.teams.selectors import rosters
from apps.teams.services import board as services
from apps.teams.views.frames import team_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if not rules.can_read_board(standing) and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if team.slug != slug:
        return redirect("teams:board", slug=team.slug)
    found = selectors.board_page(standing, cursor=request.GET.get("after", ""))
    context = {
        **team_frame(standing, current="board"),
        "found": found,
        "can_write": rules.can_write_board(standing),
        "next_url": f"?after={found.page.next_cursor}" if found.page.has_next else "",
        "first_url": "" if found.page.is_first else "?",
    }
    return render(request, "teams/board.html", context)


@require_safe
def thread(request: HttpRequest, slug: str, thread_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    if not rules.can_read_board(standing) and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    found = selectors.thread_of(standing, thread_id)
    return _show(request, standing, found, ReplyForm(initial={"client_id": uuid4()}))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_thread(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    rules.check_write_board(standing)
    form = ThreadForm(request.POST or None, initial={"client_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data | {"client_id": form.cleaned_data["client_id"] or uuid4()}
        made = _kept(form, lambda: services.start_thread(actor=request.user, team_id=team.pk, **words))
        if made:
            return redirect(made)
    return _form(request, standing, form, title="Start a thread")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_thread(request: SignedInRequest, slug: str, thread_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.thread_of(standing, thread_id)
    rules.check_edit_thread(standing, found)
    form = ThreadForm(request.POST or None, initial={"title": found.title, "body": found.body})
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("title", "body")}
        if _kept(form, lambda: services.edit_thread(actor=request.user, thread_id=found.pk, **words)):
            return redirect(found)
    return _form(request, standing, form, title="Edit thread", thread=found)


@login_required
@require_POST
def reply(request: SignedInRequest, slug: str, thread_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.thread_of(standing, thread_id)
    rules.check_write_board(standing)
    form = ReplyForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data | {"client_id": form.cleaned_data["client_id"] or uuid4()}
        made = _kept(form, lambda: services.add_reply(actor=request.user, thread_id=found.pk, **words))
        if made:
            return redirect(_place_of(found, made))
    return _show(request, standing, found, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_reply(request: SignedInRequest, slug: str, reply_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.reply_of(standing, reply_id)
    rules.check_edit_reply(standing, found)
    form = ReplyForm(request.POST or None, initial={"body": found.body})
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["body"]
        if _kept(form, lambda: services.edit_reply(actor=request.user, reply_id=found.pk, body=body)):
            return redirect(_place_of(found.thread, found))
    return _form(request, standing, form, title="Edit reply", thread=found.thread)


@login_required
@require_POST
def remove_reply(request: SignedInRequest, slug: str, reply_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.reply_of(standing, reply_id)
    return _act(
        request,
        _place_of(found.thread, found),
        lambda: services.remove_reply(actor=request.user, reply_id=found.pk),
        "The reply is removed.",
    )


@login_required
@require_POST
def remove_thread(request: SignedInRequest, slug: str, thread_id: int) -> HttpResponse:
    said = "The thread is removed. You can bring it back for a week."
    return _on_thread(request, slug, thread_id, services.remove_thread, said)


@login_required
@require_POST
def restore_thread(request: SignedInRequest, slug: str, thread_id: int) -> HttpResponse:
    return _on_thread(request, slug, thread_id, services.restore_thread, "The thread is back.")


@login_required
@require_POST
def set_thread(request: SignedInRequest, slug: str, thread_id: int) -> HttpResponse:
    """Pin or lock, or end that: the form says which."""
    wanted = {name: request.POST[name] == "1" for name in ("pinned", "locked") if name in request.POST}
    return _on_thread(request, slug, thread_id, services.set_thread, "Saved.", **wanted)


@login_required
@require_POST
def read_thread(request: SignedInRequest, slug: str, thread_id: int) -> HttpResponse:
    """Remember how far a member has read. The page posts this by itself where there is a script."""
    _, standing = rosters.team_for(request.user, slug)
    rules.check_write_board(standing)
    found = selectors.thread_of(standing, thread_id)
    services.mark_read(actor=request.user, thread=found, reply_id=found.last_reply)
    return HttpResponse(status=204) if request.htmx else redirect("teams:board", slug=slug)


def _on_thread(
    request: SignedInRequest, slug: str, thread_id: int, act: Callable[..., Any], done: str, **how: Any
) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = selectors.thread_of(standing, thread_id)
    return _act(request, found.get_absolute_url(), lambda: act(actor=request.user, thread_id=found.pk, **how), done)


def _act(request: SignedInRequest, back: str, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, done)
    return redirect(back)


def _kept(form: forms.Form, act: Callable[[], Any]) -> Any:
    """Do it, or put the refusal into the form and return nothing."""
    try:
        return act()
    except DomainError as refusal:
        show_in_form(form, refusal)
        return None


def _place_of(thread: BoardThread, reply: BoardReply) -> str:
    return f"{thread.get_absolute_url()}?from={reply.pk}#r{reply.pk}"


def _show(request: HttpRequest, standing: Standing, thread: BoardThread, form: ReplyForm) -> HttpResponse:
    begin = request.GET.get("from", "")
    first = int(begin) if begin.isascii() and begin.isdigit() and len(begin) < 19 else 0
    said, page = selectors.replies_page(standing, thread, first=first, cursor=request.GET.get("after", ""))
    context = {
        **team_frame(standing, current="board"),
        "thread": thread,
        "said": said,
        "form": form,
        "is_part": bool(first) or not page.is_first,
        "can_reply": rules.can_reply(standing, thread),
        "can_edit_thread": rules.can_edit_thread(standing, thread),
        "can_remove": thread.removed_at is None and rules.can_remove_thread(standing, thread),
        "can_restore": thread.removed_at is not None and rules.can_restore_thread(standing, thread),
        "can_report": can_report_talk(standing, thread),
        "can_keep_order": rules.can_keep_order(standing),
        "is_news": bool(standing.role) and selectors.has_news(thread, standing),
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
    }
    return render(request, "teams/thread.html", context, status=422 if form.errors else 200)


def _form(
    request: SignedInRequest,
    standing: Standing,
    form: forms.Form,
    *,
    title: str,
    thread: BoardThread | None = None,
) -> HttpResponse:
    context = {**team_frame(standing, current="board"), "form": form, "form_title": title, "thread": thread}
    return render(request, "teams/board_form.html", context, status=422 if form.errors else 200)
