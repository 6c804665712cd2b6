"""Invite links: the captains' list, and the page behind a link."""

from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.joining import LinkForm
from apps.teams.forms.members import AcceptForm
from apps.teams.models import TeamInviteLink
from apps.teams.permissions import Standing
from apps.teams.selectors import joining, rosters
from apps.teams.services import links as services
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def links(request: SignedInRequest, slug: str) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    return _show(request, standing, LinkForm())


@login_required
@require_POST
def create_link(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            services.create_link(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "The link is ready. Copy it, or let people scan it.")
            return redirect("teams:links", slug=team.slug)
    return _show(request, standing, form)


@login_required
@require_POST
def revoke_link(request: SignedInRequest, slug: str, link_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    link = joining.link_of(team, link_id)
    try:
        services.revoke_link(actor=request.user, link_id=link.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "Nobody can join by this link any more.")
    return redirect("teams:links", slug=team.slug)


@login_required
@require_safe
def link_qr(request: SignedInRequest, slug: str, link_id: int) -> HttpResponse:
    """The link as a picture to scan or print. The address is a key, so the picture is no public file."""
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    link = joining.link_of(team, link_id)
    code = segno.make(request.build_absolute_uri(link.get_absolute_url()), error="m", micro=False)
    response = HttpResponse(content_type="image/svg+xml")
    code.save(response, kind="svg", dark="#000", light="#fff", border=4, scale=8)
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_safe
def join_link(request: HttpRequest, token: UUID) -> HttpResponse:
    """The page behind a link. It shows who asks; joining takes an account and a click."""
    link = joining.link_by_token(token)
    standing = permissions.standing(request.user, link.team)
    context = {
        "link": link,
        "team": link.team,
        "is_member": standing.membership is not None,
        "free_seats": rosters.roster(link.team).free_seats,
        "form": AcceptForm(game=link.team.game),
        "here": reverse("teams:join_link", args=[token]),
        "closed": _why_closed(link),
    }
    response = render(request, "teams/join_link.html", context)
    # The address is a key: it stays out of search engines, and by the site's referrer policy out of others' logs.
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_POST
def accept_link(request: SignedInRequest, token: UUID) -> HttpResponse:
    link = joining.link_by_token(token)
    form = AcceptForm(request.POST, game=link.team.game)
    role = form.cleaned_data["in_game_role"] if form.is_valid() else ""
    try:
        member = services.accept_link(actor=request.user, link_id=link.pk, in_game_role=role)
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect("teams:join_link", token=token)
    messages.success(request, f"Welcome to {member.team.name}.")
    return redirect(member.team)


def _why_closed(link: TeamInviteLink) -> str:
    try:
        services.check_open(link.team, link)
    except DomainError as refusal:
        return refusal.message
    return ""


def _show(request: SignedInRequest, standing: Standing, form: LinkForm) -> HttpResponse:
    team = standing.team
    context = {
        **manage_frame(standing, current="links"),
        "form": form,
        "rows": [(link, request.build_absolute_uri(link.get_absolute_url())) for link in joining.links_of(team)],
    }
    return render(request, "teams/links.html", context, status=422 if form.errors else 200)
