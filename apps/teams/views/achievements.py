"""/teams/<slug>/achievements/: the shelf, and what its keepers do with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.achievements import AchievementForm
from apps.teams.models import Team, TeamAchievement
from apps.teams.permissions import Standing
from apps.teams.selectors import achievements as selectors
from apps.teams.selectors import rosters
from apps.teams.services import achievements as services
from apps.teams.views.frames import team_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@require_safe
def achievements(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:achievements", slug=team.slug)
    context = {
        **team_frame(standing, current="achievements"),
        "shelf": selectors.shelf(standing),
        "can_keep": permissions.can_manage_achievements(standing),
    }
    return render(request, "teams/achievements.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_achievement(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_manage_achievements(standing)
    form = AchievementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        done = _kept(request, form, lambda: services.add_achievement(actor=request.user, team_id=team.pk, **words))
        if done:
            messages.success(request, f"{done.title} is on the shelf. It counts once staff have confirmed it.")
            return redirect(done)
    return _form(request, standing, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_achievement(request: SignedInRequest, slug: str, achievement_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_manage_achievements(standing)
    achievement = selectors.achievement_of(team, achievement_id)
    told = {name: getattr(achievement, name) for name in services.TOLD}
    form = AchievementForm(request.POST or None, initial=told)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        done = _kept(
            request,
            form,
            lambda: services.edit_achievement(actor=request.user, achievement_id=achievement.pk, **words),
        )
        if done:
            messages.success(request, "Saved.")
            return redirect(done)
    return _form(request, standing, form, achievement)


@login_required
@require_POST
def remove_achievement(request: SignedInRequest, slug: str, achievement_id: int) -> HttpResponse:
    team, achievement = _keepers(request, slug, achievement_id)
    try:
        services.remove_achievement(actor=request.user, achievement_id=achievement.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(
            request,
            format_html(
                "{} is off the shelf. You can put it back for 30 days, at the end of this page.", achievement.title
            ),
        )
    return redirect("teams:achievements", slug=team.slug)


@login_required
@require_POST
def restore_achievement(request: SignedInRequest, slug: str, achievement_id: int) -> HttpResponse:
    team, achievement = _keepers(request, slug, achievement_id)
    try:
        services.restore_achievement(actor=request.user, achievement_id=achievement.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"{achievement.title} is back on the shelf.")
    return redirect("teams:achievements", slug=team.slug)


def _keepers(request: SignedInRequest, slug: str, achievement_id: int) -> tuple[Team, TeamAchievement]:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_manage_achievements(standing)
    return team, selectors.achievement_of(team, achievement_id)


def _kept(
    request: SignedInRequest, form: AchievementForm, act: Callable[[], TeamAchievement]
) -> TeamAchievement | None:
    try:
        return act()
    except DomainError as refusal:
        show_in_form(form, refusal)
        return None


def _form(
    request: SignedInRequest, standing: Standing, form: AchievementForm, achievement: TeamAchievement | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        **team_frame(standing, current="achievements"),
        "form": form,
        "achievement": achievement,
        "back": reverse("teams:achievements", args=[standing.team.slug]),
    }
    return render(request, "teams/achievement_form.html", context, status=422 if form.errors else 200)
