"""WebSocket routes of all apps."""

from typing import Any

from django.urls import path

from apps.notifications.consumers import NotificationConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/notifications/", NotificationConsumer.as_asgi()),
]
