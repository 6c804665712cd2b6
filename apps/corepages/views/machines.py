"""What programs read: robots, the security contact, the web app manifest."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

TEXT = "text/plain; charset=utf-8"
SECURITY_TXT_DAYS = 180


@require_safe
@cache_control(public=True, max_age=86_400)
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of what is personal; point them to the sitemap. Only production is indexed."""
    if settings.ENVIRONMENT != "production":
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type=TEXT)
    hidden = ("/admin/", "/accounts/", "/me/", "/notifications/", "/teams/invites/", "/api/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in hidden), ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('corepages:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


@require_safe
@cache_control(public=True, max_age=86_400)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where to report a weakness (RFC 9116)."""
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=SECURITY_TXT_DAYS)
    lines = [
        f"Contact: {settings.SITE_URL}{reverse('corepages:contact')}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en, bn",
        f"Canonical: {settings.SITE_URL}{reverse('corepages:security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


@require_safe
@cache_control(public=True, max_age=86_400)
def web_manifest(request: HttpRequest) -> JsonResponse:
    """Describe the site as an app that a phone can install."""
    icons = [
        {
            "src": static(f"siteui/icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    manifest = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "description": "Teams, rankings and community of Bangladesh esports.",
        "id": "/",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#0B0F16",
        "theme_color": "#0B0F16",
        "icons": icons,
    }
    return JsonResponse(manifest, content_type="application/manifest+json")
