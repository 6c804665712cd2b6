"""/teams/<slug>/manage/posts/: what waits for a captain, and the settings of posts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams.forms.posts import PostSettingsForm, ReasonForm
from apps.teams.models import Team
from apps.teams.permissions import Standing
from apps.teams.permissions import posts as rules
from apps.teams.selectors import posts as selectors
from apps.teams.selectors import rosters
from apps.teams.services import posts as services
from apps.teams.services.posts.settings import set_post_settings
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def manage_posts(request: SignedInRequest, slug: str) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    rules.check_manage_posts(standing)
    return _show(request, standing)


@login_required
@require_POST
def post_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    rules.check_post_settings(standing)
    form = PostSettingsForm(request.POST)
    form.is_valid()  # check boxes can't be wrong
    set_post_settings(actor=request.user, team_id=team.pk, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("teams:manage_posts", slug=team.slug)


@login_required
@require_POST
def approve_post(request: SignedInRequest, slug: str, post_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    rules.check_review_posts(standing)
    found = selectors.post_of(standing, post_id)
    try:
        services.approve_post(actor=request.user, post_id=found.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"“{found.title}” is published.")
    return redirect("teams:manage_posts", slug=team.slug)


@login_required
@require_POST
def reject_post(request: SignedInRequest, slug: str, post_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    rules.check_review_posts(standing)
    found = selectors.post_of(standing, post_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.reject_post(actor=request.user, post_id=found.pk, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, f"“{found.title}” went back to its author with your reason.")
            return redirect("teams:manage_posts", slug=team.slug)
    return _show(request, standing, refused=(found.pk, form))


def _settings_of(team: Team) -> dict[str, bool]:
    return {name: getattr(team, name) for name in PostSettingsForm.base_fields}


def _show(
    request: SignedInRequest, standing: Standing, *, refused: tuple[int, ReasonForm] | None = None
) -> HttpResponse:
    can_review = rules.can_review_posts(standing)
    waiting = selectors.waiting(standing.team) if can_review else []
    context = {
        **manage_frame(standing, current="manage_posts"),
        "waiting": [
            (post, refused[1] if refused and refused[0] == post.pk else ReasonForm(auto_id=f"id_{post.pk}_%s"))
            for post in waiting
        ],
        "can_review": can_review,
        "settings_form": PostSettingsForm(initial=_settings_of(standing.team))
        if rules.can_change_post_settings(standing)
        else None,
    }
    return render(request, "teams/manage_posts.html", context, status=422 if refused else 200)
