"""URLs of all apps. An app's own URLs live in its ``urls.py``."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("notifications/", include("apps.notifications.urls")),
    path("mailbox/", include("apps.core.mailbox.urls")),
    path("", include("apps.siteui.urls")),
]

handler400 = "apps.core.views.errors.bad_request"
handler403 = "apps.core.views.errors.permission_denied"
handler404 = "apps.core.views.errors.page_not_found"
handler429 = "apps.core.views.errors.too_many_requests"  # allauth's limits ask for it
handler500 = "apps.core.views.errors.server_error"
