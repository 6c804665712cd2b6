"""Promotions of a team: what is booked, the calendar of a place, the price, and the booking."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import Conflict, DomainError
from apps.corelib.figures import coins
from apps.teams import permissions
from apps.teams.forms.promotions import BookingForm, StayForm
from apps.teams.models import PromotionPlace
from apps.teams.permissions import Standing
from apps.teams.selectors import promotion_booking, promotion_calendar, promotion_terms, rosters
from apps.teams.selectors import promotions as selectors
from apps.teams.services import promotions as services
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def promotions(request: SignedInRequest, slug: str) -> HttpResponse:
    """The calendar of one place; with days in the address, what they cost."""
    _, standing = rosters.team_for(request.user, slug)
    permissions.check_view_finances(standing)
    place = _place(request.GET.get("kind", ""))
    asked = {"first_day", "days"} <= request.GET.keys()
    initial = {name: request.GET[name] for name in ("first_day",) if name in request.GET}
    form = StayForm(request.GET, place=place) if asked else StayForm(initial=initial, place=place)
    return _show(request, standing, form)


@login_required
@require_POST
def book_promotion(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_book_promotion(standing)
    form = BookingForm(request.POST, place=_place(request.POST.get("kind", "")))
    if form.is_valid():
        asked = dict(form.cleaned_data)
        try:
            booked = services.book_promotion(
                actor=request.user,
                team_id=team.pk,
                kind=form.place.kind,
                expected_price=asked.pop("price"),
                **asked,
            )
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(
                request, f"Booked. {coins(booked.price)} are set aside. You hear from us once staff have looked."
            )
            return redirect("teams:promotions", slug=team.slug)
    return _show(request, standing, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_promotion(request: SignedInRequest, slug: str, promotion_id: int) -> HttpResponse:
    """Say what comes back, then do it."""
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_book_promotion(standing)
    promotion = selectors.promotion_of(team, promotion_id)
    if request.method == "POST":
        try:
            services.withdraw_promotion(actor=request.user, promotion_id=promotion.pk)
        except DomainError as refusal:
            show_as_message(request, refusal)
        else:
            messages.success(request, f"The booking of {promotion.get_kind_display()} is cancelled.")
        return redirect("teams:promotions", slug=team.slug)
    if promotion.price == 0:
        raise Conflict("Staff put this up for free. Ask them to take it down.")
    context = {
        "team": team,
        "promotion": promotion,
        "back": promotion_terms.back_now(promotion, by_staff=False, at=timezone.now()),
        "terms": promotion_terms.TERMS,
    }
    return render(request, "teams/cancel_promotion.html", context)


def _place(kind: str) -> PromotionPlace:
    """Return the place that the address names; the first one for what is no place."""
    places = {place.kind: place for place in promotion_calendar.places()}
    return places.get(kind) or next(iter(places.values()))


def _show(request: SignedInRequest, standing: Standing, form: StayForm) -> HttpResponse:
    team, place = standing.team, form.place
    page = reverse("teams:promotions", args=[team.slug])
    may_book = permissions.can_book_promotion(standing)
    context: dict[str, Any] = {
        **manage_frame(standing, current="promotions"),
        "place": place,
        "places": [
            {"label": each, "url": f"{page}?kind={each.kind}", "current": each.kind == place.kind}
            for each in promotion_calendar.places()
        ],
        "weeks": promotion_calendar.calendar(team, place),
        "rows": selectors.promotions_of(team),
        "terms": promotion_terms.TERMS,
        "form": form,
        "can_book": may_book,
        "quote": _quote(standing, form) if may_book else None,
        "request_id": form.data.get("request_id") or uuid4(),
    }
    return render(request, "teams/promotions.html", context, status=422 if form.errors else 200)


def _quote(standing: Standing, form: StayForm) -> promotion_booking.Quote | None:
    """Return what these days cost, or None and the reason at the form's field."""
    if not form.is_bound or not form.is_valid():
        return None
    stay = form.cleaned_data
    try:
        return promotion_booking.quote(standing, form.place, first_day=stay["first_day"], days=stay["days"])
    except DomainError as refusal:
        show_in_form(form, refusal)
        return None
