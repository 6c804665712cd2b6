"""Following, and the lists of who follows whom."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.user_profile import services
from apps.user_profile.selectors import find_profile, visible_profile
from apps.user_profile.selectors import follow_list as select_follow_list
from apps.user_profile.views.requests import HtmxRequest

TITLES = {"followers": "Followers", "following": "Following", "friends": "Friends"}


@require_safe
def follow_list(request: HttpRequest, username: str, kind: str) -> HttpResponse:
    """Show followers, followed players or friends, newest first."""
    profile = find_profile(request.user, username)
    if profile.user.get_username() != username:
        return redirect("user_profile:follow_list", profile.user.get_username(), kind, permanent=True)
    page = select_follow_list(request.user, profile, kind, cursor=request.GET.get("after", ""))
    tabs = [
        {"label": title, "url": reverse("user_profile:follow_list", args=[username, code]), "current": code == kind}
        for code, title in TITLES.items()
    ]
    context = {"profile": profile, "kind": kind, "title": TITLES[kind], "page": page, "tabs": tabs}
    context["is_own"] = request.user.is_authenticated and request.user.pk == profile.user_id
    return render(request, "user_profile/follow_list.html", context)


@require_POST
def follow(request: HtmxRequest, username: str) -> HttpResponse:
    """Follow a player."""
    return _change(request, username, services.follow, "You follow {}.")


@require_POST
def unfollow(request: HtmxRequest, username: str) -> HttpResponse:
    """Stop following a player."""
    return _change(request, username, services.unfollow, "You no longer follow {}.")


def _change(request: HtmxRequest, username: str, service: Callable[..., Any], done: str) -> HttpResponse:
    back = reverse("user_profile:profile", args=[username])
    if not request.user.is_authenticated:
        return redirect_to_login(back)
    profile = find_profile(request.user, username)
    refused = ""
    try:
        service(actor=request.user, profile_id=profile.pk)
    except DomainError as refusal:
        refused = refusal.message
    if request.htmx:
        player = visible_profile(request.user, profile.user.get_username())
        return render(request, "user_profile/follow_button.partial.html", {"profile": player, "refused": refused})
    messages.add_message(
        request, messages.ERROR if refused else messages.SUCCESS, refused or done.format(profile.display_name)
    )
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else back)
