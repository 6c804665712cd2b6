"""Report what is said on a board or in the chat: one page for all three."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.errors import DomainError
from apps.teams.forms.posts import ReportForm
from apps.teams.models import TalkReport
from apps.teams.permissions import Standing
from apps.teams.permissions import talk_reports as rules
from apps.teams.permissions.talk_reports import Talk
from apps.teams.selectors import board, chat, rosters
from apps.teams.services import talk_reports as services
from apps.teams.views.frames import team_frame
from apps.teams.views.refusals import show_in_form
from apps.teams.views.requests import SignedInRequest

Kind = TalkReport.Kind
WHAT: Mapping[str, str] = {Kind.THREAD: "thread", Kind.REPLY: "reply", Kind.MESSAGE: "message"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_thread(request: SignedInRequest, slug: str, thread_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = board.thread_of(standing, thread_id)
    return _report(request, standing, Kind.THREAD, found, back=found.get_absolute_url())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_reply(request: SignedInRequest, slug: str, reply_id: int) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    found = board.reply_of(standing, reply_id)
    return _report(
        request, standing, Kind.REPLY, found, back=f"{found.thread.get_absolute_url()}?from={found.pk}#r{found.pk}"
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_message(request: SignedInRequest, slug: str, message_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    found = chat.one(standing, message_id).message
    back = f"{reverse('teams:chat', args=[team.slug])}#m{found.number}"
    return _report(request, standing, Kind.MESSAGE, found, back=back)


def _report(request: SignedInRequest, standing: Standing, kind: str, talk: Talk, *, back: str) -> HttpResponse:
    rules.check_report_talk(standing, talk)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.report_talk(actor=request.user, kind=kind, target_id=talk.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Thank you. Staff will look at it; the author does not learn who told us.")
            return redirect(back)
    context: dict[str, Any] = {
        **team_frame(standing, current="" if kind == Kind.MESSAGE else "board"),
        "what": WHAT[kind],
        "talk": talk,
        "form": form,
        "back": back,
    }
    return render(request, "teams/report_talk.html", context, status=422 if form.errors else 200)
