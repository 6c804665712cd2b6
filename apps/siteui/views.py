"""Appearance, and the page that shows every component."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from apps.common.templatetags.ui import AS_DEVICE, THEME_COOKIE, THEMES
from apps.siteui.samples import SWATCHES, sample_context, samples

YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def theme(request: HttpRequest) -> HttpResponse:
    """Choose dark, light or as the device. Kept in a cookie, so that visitors have it too and nothing flashes."""
    back = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    if request.method != "POST":
        return render(
            request, "siteui/theme.html", {"next": back, "chosen": request.COOKIES.get(THEME_COOKIE, THEMES[0])}
        )
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in (*THEMES, AS_DEVICE):
        response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_safe
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    if not request.user.is_staff:
        raise PermissionDenied("The style guide is for staff.")
    shown = request.GET.get("theme", "")
    if shown not in THEMES:
        shown = request.COOKIES.get(THEME_COOKIE, "")
    if shown not in THEMES:
        shown = THEMES[0]
    context = {"samples": samples(), "swatches": SWATCHES, "themes": THEMES, "shown": shown, **sample_context()}
    return render(request, "siteui/styleguide.html", context)
