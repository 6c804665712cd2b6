"""WebSocket routes of all apps."""

from typing import Any

from django.urls import path

from apps.notifications.consumers import NotificationConsumer
from apps.teams.consumers import ChatConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/notifications/", NotificationConsumer.as_asgi()),
    path("ws/teams/<int:team_id>/chat/", ChatConsumer.as_asgi()),
]
