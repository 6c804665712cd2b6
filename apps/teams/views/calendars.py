"""/me/calendar/ and /calendar/<token>.ics: practice in one's own calendar."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core import rate_limit
from apps.core.errors import DomainError
from apps.corelib import icalendar
from apps.teams import permissions
from apps.teams.models import PracticeAnswer
from apps.teams.selectors import calendars, rosters
from apps.teams.selectors import practice as selectors
from apps.teams.services import calendars as services
from apps.teams.views.refusals import show_as_message
from apps.teams.views.requests import SignedInRequest

PAGE_SIZE = 20


@never_cache
@login_required
@require_safe
def my_calendar(request: SignedInRequest) -> HttpResponse:
    """What is ahead in all my teams, and the addresses of my calendars."""
    zone = selectors.zone_for(request.user)
    page = keyset_page(
        selectors.ahead_for(request.user),
        order=("starts_at", "pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    for session in page.rows:
        session.mine = session.own_answers[0].answer if session.own_answers else ""
    choices = calendars.choices_of(request.user)
    addresses = {
        choice.feed.pk: request.build_absolute_uri(calendars.address_of(choice.feed))
        for choice in choices
        if choice.feed
    }
    context = {
        "sessions": page.rows,
        "zone": zone.key,
        "answers": PracticeAnswer.Answer.choices,
        "calendars": [(choice, addresses.get(choice.feed.pk) if choice.feed else "") for choice in choices],
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    with timezone.override(zone):
        return render(request, "teams/my_calendar.html", context)


@login_required
@require_POST
def make_calendar(request: SignedInRequest) -> HttpResponse:
    text = request.POST.get("team", "")
    team_id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if text and team_id is None:
        team_id = 0  # no team has this number
    try:
        services.make_calendar(actor=request.user, team_id=team_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "The address is made. Whoever has it reads the calendar, so keep it to yourself.")
    return redirect("teams:my_calendar")


@login_required
@require_POST
def revoke_calendar(request: SignedInRequest, feed_id: int) -> HttpResponse:
    services.revoke_calendar(actor=request.user, feed_id=feed_id)
    messages.success(request, "The address leads nowhere now.")
    return redirect("teams:my_calendar")


@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar for programs. The address is the key, so there is no log-in."""
    feed = calendars.feed_at(token)
    rate_limit.check("teams.calendar", key=feed.number.hex, limit=120, seconds=3600)
    name = f"{feed.team.name} practice" if feed.team else "DeltaCrown practice"
    events = calendars.events_in(feed, host=request.build_absolute_uri("/").rstrip("/"))
    return _answer(request, icalendar.calendar(events, name=name), "practice.ics")


@login_required
@require_safe
def practice_file(request: SignedInRequest, slug: str, session_id: int) -> HttpResponseBase:
    """One session, to put into a calendar by hand."""
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_see_practice(standing)
    session = selectors.session_of(team, session_id)
    event = calendars.event_of(session, host=request.build_absolute_uri("/").rstrip("/"))
    return _answer(request, icalendar.calendar([event], name=session.title), f"practice-{session.pk}.ics")


def _answer(request: HttpRequest, body: str, filename: str) -> HttpResponseBase:
    response = HttpResponse(body, content_type=icalendar.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"  # the address is a secret
    response["ETag"] = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
