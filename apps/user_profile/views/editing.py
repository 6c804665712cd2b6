"""The owner's pages: who I am, my game IDs, who sees what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import DomainError
from apps.corelib import games
from apps.user_profile import services
from apps.user_profile.constants import PRIVACY_COLUMNS
from apps.user_profile.forms import GameIdsForm, PrivacyForm, ProfileForm
from apps.user_profile.models import UserProfile
from apps.user_profile.selectors import completeness_of
from apps.user_profile.views.requests import SignedInRequest

_PAGES = (
    ("edit_profile", "Profile"),
    ("edit_games", "Game IDs"),
    ("edit_pictures", "Pictures"),
    ("edit_privacy", "Privacy"),
)


def render_edit_page(request: SignedInRequest, page: str, profile: UserProfile, **context: Any) -> HttpResponse:
    """Render one of the owner's pages with its tabs and how complete the profile is."""
    tabs = [{"label": label, "url": reverse(f"user_profile:{name}"), "current": name == page} for name, label in _PAGES]
    context |= {"profile": profile, "tabs": tabs, "completeness": completeness_of(profile)}
    return render(request, f"user_profile/{page}.html", context)


def own_profile(request: SignedInRequest) -> UserProfile:
    """Return the visitor's own profile."""
    return UserProfile.objects.select_related("user").get(user_id=request.user.pk)


@require_safe
@login_required
def me(request: SignedInRequest) -> HttpResponse:
    """Lead to the visitor's own page."""
    return redirect(own_profile(request))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_profile(request: SignedInRequest) -> HttpResponse:
    """Name, region, bio, games, links."""
    profile = own_profile(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=ProfileForm.initial_of(profile))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_profile(actor=request.user, profile_id=profile.pk, **form.changes())
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "Profile saved.")
            return redirect("user_profile:edit_profile")
    return render_edit_page(request, "edit_profile", profile, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_games(request: SignedInRequest) -> HttpResponse:
    """All game IDs."""
    profile = own_profile(request)
    form = GameIdsForm(request.POST if request.method == "POST" else None, profile=profile)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_game_ids(actor=request.user, profile_id=profile.pk, values=form.cleaned_data)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "Game IDs saved.")
            return redirect("user_profile:edit_games")
    return render_edit_page(request, "edit_games", profile, form=form)


@require_POST
@login_required
def check_game_id(request: SignedInRequest) -> HttpResponse:
    """Answer one input of the game ID form as it is left: repaired and fine, or what is wrong with it."""
    name = request.GET.get("field", "")
    if name not in games.ID_FIELDS:
        raise Http404
    form = GameIdsForm(request.POST, profile=own_profile(request))
    errors = form.errors.get(name)
    is_fine = not errors and bool(form.cleaned_data.get(name))
    if is_fine:
        form.data = {**request.POST.dict(), name: form.cleaned_data[name]}
    return render(request, "user_profile/check_game_id.partial.html", {"field": form[name], "is_fine": is_fine})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_privacy(request: SignedInRequest) -> HttpResponse:
    """Who sees what."""
    profile = own_profile(request)
    initial = {name: getattr(profile, name) for name in PRIVACY_COLUMNS}
    form = PrivacyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_privacy(actor=request.user, profile_id=profile.pk, **form.cleaned_data)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "Privacy saved.")
            return redirect("user_profile:edit_privacy")
    return render_edit_page(request, "edit_privacy", profile, form=form)


def add_refusal(form: Form, refusal: DomainError) -> None:
    """Show a service's refusal at its field, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
