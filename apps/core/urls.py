"""Health and metrics. ``HealthMiddleware`` answers these before the URLs are asked; they are here to have names."""

from django.urls import path

from apps.core.views import health, metrics

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("health/", health.status, name="status"),
    path("metrics", metrics.metrics, name="metrics"),
]
