"""/teams/<slug>/practice/: the calendar of a team. Times are written in the zone of who reads them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.practice import MonthForm, PracticeForm, ScopeForm, told
from apps.teams.models import PracticeAnswer, PracticeSession
from apps.teams.permissions import Standing
from apps.teams.selectors import practice as selectors
from apps.teams.selectors import rosters
from apps.teams.services import practice as services
from apps.teams.services import practice_changes as changes
from apps.teams.views.frames import team_frame
from apps.teams.views.refusals import show_as_message
from apps.teams.views.requests import SignedInRequest

PAGE_SIZE = 20


@never_cache
@login_required
@require_safe
def practice(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is ahead, soonest first; with ``?past`` what is over; with ``?month`` a calendar sheet."""
    _, standing = rosters.team_for(request.user, slug)
    permissions.check_see_practice(standing)
    zone = selectors.zone_for(request.user)
    context: dict[str, Any] = {
        **team_frame(standing, current="practice"),
        "zone": zone.key,
        "can_schedule": permissions.can_schedule_practice(standing),
        "answers": PracticeAnswer.Answer.choices,
    }
    with timezone.override(zone):
        if "month" in request.GET:
            first = MonthForm(request.GET).first(timezone.localdate())
            context |= {"view": "month", "month": selectors.month(standing, first=first, zone=zone)}
        else:
            context |= _list(request, standing)
        return render(request, "teams/practice.html", context)


def _list(request: SignedInRequest, standing: Standing) -> dict[str, Any]:
    past = "past" in request.GET
    now = timezone.now()
    rows = selectors.sessions_of(standing)
    page = keyset_page(
        rows.filter(ends_at__lte=now) if past else rows.filter(ends_at__gt=now),
        order=("-starts_at", "-pk") if past else ("starts_at", "pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    here = "past=1&" if past else ""
    return {
        "view": "past" if past else "ahead",
        "sessions": selectors.shown(page.rows, standing.team),
        "next_url": f"?{here}after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else f"?{here}",
    }


@never_cache
@login_required
@require_safe
def practice_session(request: SignedInRequest, slug: str, session_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_see_practice(standing)
    session = selectors.session_of(team, session_id)
    zone = selectors.zone_for(request.user)
    context = {
        **team_frame(standing, current="practice"),
        "session": session,
        "zone": zone.key,
        "attendance": selectors.attendance(session, standing),
        "answers": PracticeAnswer.Answer.choices,
        "can_schedule": permissions.can_schedule_practice(standing),
        "can_answer": permissions.can_answer_practice(standing) and not (session.is_cancelled or session.has_begun),
        "goes_on": selectors.has_later(session),
    }
    with timezone.override(zone):
        return render(request, "teams/practice_session.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_practice(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_schedule_practice(standing)
    zone = selectors.zone_for(request.user)
    start = {"time_zone": zone.key, "day": timezone.localdate(timezone=zone), "begins": "21:00", "ends": "23:00"}
    form = PracticeForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        done = _kept(
            form,
            lambda: services.plan_practice(
                actor=request.user,
                team_id=team.pk,
                plan=form.plan,
                weekly_until=words["weekly_until"],
                anyway=words["anyway"],
            ),
        )
        if done:
            messages.success(request, f"{done.title} is planned. The members hear of it.")
            return redirect("teams:practice", slug=team.slug)
    return _form(request, standing, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_practice(request: SignedInRequest, slug: str, session_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_schedule_practice(standing)
    session = selectors.session_of(team, session_id)
    goes_on = selectors.has_later(session)
    form = PracticeForm(request.POST or None, initial=told(session), session=session, goes_on=goes_on)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        done = _kept(
            form,
            lambda: changes.change_practice(
                actor=request.user,
                session_id=session.pk,
                plan=form.plan,
                scope=words.get("scope", changes.ONE),
                anyway=words["anyway"],
            ),
        )
        if done:
            messages.success(request, "Saved. The members hear of it.")
            return redirect("teams:practice_session", slug=team.slug, session_id=session.pk)
    return _form(request, standing, form, session)


@login_required
@require_POST
def answer_practice(request: SignedInRequest, slug: str, session_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_answer_practice(standing)
    session = selectors.session_of(team, session_id)
    answer = request.POST.get("answer", "")[:5]
    _told(
        request,
        lambda: services.answer_practice(actor=request.user, session_id=session.pk, answer=answer),
        {"yes": "See you there.", "maybe": "Noted as maybe.", "no": "Noted. You are not reminded."}.get(answer, ""),
    )
    back = request.POST.get("back")
    if back == "list":
        return redirect("teams:practice", slug=team.slug)
    if back == "mine":
        return redirect("teams:my_calendar")
    return redirect("teams:practice_session", slug=team.slug, session_id=session.pk)


@login_required
@require_POST
def cancel_practice(request: SignedInRequest, slug: str, session_id: int) -> HttpResponse:
    session = _keepers(request, slug, session_id)
    form = ScopeForm(request.POST)
    scope = form.cleaned_data["scope"] or changes.ONE if form.is_valid() else ""
    _told(
        request,
        lambda: changes.cancel_practice(actor=request.user, session_id=session.pk, scope=scope),
        f"{session.title} is cancelled. You can bring it back from its page.",
    )
    return redirect("teams:practice_session", slug=session.team.slug, session_id=session.pk)


@login_required
@require_POST
def restore_practice(request: SignedInRequest, slug: str, session_id: int) -> HttpResponse:
    session = _keepers(request, slug, session_id)
    _told(
        request,
        lambda: changes.restore_practice(actor=request.user, session_id=session.pk),
        f"{session.title} takes place after all.",
    )
    return redirect("teams:practice_session", slug=session.team.slug, session_id=session.pk)


def _keepers(request: SignedInRequest, slug: str, session_id: int) -> PracticeSession:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_schedule_practice(standing)
    return selectors.session_of(team, session_id)


def _told(request: SignedInRequest, act: Callable[[], object], done: str) -> None:
    try:
        act()
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, done)


def _kept(form: PracticeForm, act: Callable[[], PracticeSession]) -> PracticeSession | None:
    try:
        return act()
    except DomainError as refusal:
        if refusal.status in {403, 404}:
            raise
        form.refuse(refusal)
        return None


def _form(
    request: SignedInRequest, standing: Standing, form: PracticeForm, session: PracticeSession | None = None
) -> HttpResponse:
    context = {**team_frame(standing, current="practice"), "form": form, "session": session}
    return render(request, "teams/practice_form.html", context, status=422 if form.errors else 200)
