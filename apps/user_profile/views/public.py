"""A player's page."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.user_profile.models import UserProfile
from apps.user_profile.selectors import completeness_of, visible_profile


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse | HttpResponsePermanentRedirect:
    """Show what this viewer may see of a player. A name in other case leads to the one address."""
    player = visible_profile(request.user, username)
    if player.username != username:
        return redirect("user_profile:profile", player.username, permanent=True)
    own = completeness_of(UserProfile.objects.get(pk=player.profile_id)) if player.relation.is_own else None
    return render(
        request,
        "user_profile/profile.html",
        {
            "profile": player,
            "completeness": own,
            "banner_address": player.banner.url(1280) if player.banner else "",
            "page_address": request.build_absolute_uri(request.path),
            "picture_address": request.build_absolute_uri(player.avatar_url) if player.avatar else "",
        },
    )
