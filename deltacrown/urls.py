"""URLs of all apps. An app's own URLs live in its ``urls.py``."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("apps.core.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("apps.accounts.urls")),
    path("notifications/", include("apps.notifications.urls")),
    path("", include("apps.economy.urls")),
    path("mailbox/", include("apps.core.mailbox.urls")),
    path("", include("apps.corepages.urls")),
    path("", include("apps.dashboard.urls")),
    path("", include("apps.siteui.urls")),
    path("", include("apps.user_profile.urls")),
    path("", include("apps.teams.urls")),
    path("", include("apps.ecommerce.urls")),
]

handler400 = "apps.core.views.errors.bad_request"
handler403 = "apps.core.views.errors.permission_denied"
handler404 = "apps.core.views.errors.page_not_found"
handler429 = "apps.core.views.errors.too_many_requests"  # allauth's limits ask for it
handler500 = "apps.core.views.errors.server_error"

if settings.DEBUG_TOOLBAR:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))

# Uploaded pictures, where no web server stands in front; outside of DEBUG this adds nothing.
urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
