"""Asking to join, from both sides."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.common.pagination import keyset_page
from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.joining import AskForm, DeclineForm
from apps.teams.selectors import joining, rosters
from apps.teams.services import join_requests as services
from apps.teams.views.frames import manage_frame, team_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest

PAGE_SIZE = 30


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_join(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    pending = joining.my_request(team, request.user)
    refusal = None if pending else joining.refusal_to_ask(standing)
    form = AskForm(request.POST or None, team=team)
    if request.method == "POST":
        permissions.check_ask(standing)
        if form.is_valid():
            try:
                sent = services.ask_to_join(actor=request.user, team_id=team.pk, **form.cleaned_data)
            except DomainError as refused:
                show_in_form(form, refused)
            else:
                seated = sent.status == sent.Status.ACCEPTED
                words = f"Welcome to {team.name}." if seated else f"{team.name} has your request. You hear from them."
                messages.success(request, words)
                return redirect(
                    "teams:team_page" if seated else "teams:my_invitations", *([team.slug] if seated else [])
                )
    context = {
        **team_frame(standing, current="ask_to_join"),
        "form": form,
        "pending": pending,
        "refusal": refusal,
        "game_id": request.user.profile.get_game_id(team.game),
        "free_seats": rosters.roster(team).free_seats,
    }
    return render(request, "teams/ask_to_join.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw_request(request: SignedInRequest, request_id: int) -> HttpResponse:
    try:
        asked = services.withdraw_request(actor=request.user, request_id=request_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"Your request to {asked.team.name} is withdrawn.")
    return redirect("teams:my_invitations")


@login_required
@require_safe
def join_requests(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who waits for an answer, and what became of those before."""
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    page = keyset_page(
        joining.answered_requests(team),
        order=("-created_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    waiting = joining.waiting_requests(team)
    context = {
        **manage_frame(standing, current="join_requests"),
        "waiting": [(asked, asked.player.profile.get_game_id(team.game)) for asked in waiting],
        "answered": page.rows,
        "free_seats": rosters.roster(team).free_seats,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "teams/join_requests.html", context)


@login_required
@require_POST
def approve_request(request: SignedInRequest, slug: str, request_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    asked = joining.request_of(team, request_id)
    try:
        member = services.approve_request(actor=request.user, request_id=asked.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"{member.profile.display_name} is in the team.")
    return redirect("teams:join_requests", slug=team.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline_request(request: SignedInRequest, slug: str, request_id: int) -> HttpResponse:
    """Asks for a reason on a page of its own, which may stay empty."""
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    asked = joining.request_of(team, request_id)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.decline_request(actor=request.user, request_id=asked.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_as_message(request, refusal)
        else:
            messages.success(request, f"You said no to {asked.player.profile.display_name}.")
        return redirect("teams:join_requests", slug=team.slug)
    context = {**manage_frame(standing, current="join_requests"), "asked": asked, "form": form}
    return render(request, "teams/decline_request.html", context, status=422 if form.errors else 200)
