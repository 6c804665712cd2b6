"""Pages of notifications. A link with a token needs no login; everything else shows its owner's only."""

from django.urls import path

from apps.notifications.views import bell, inbox, preferences, unsubscribe

app_name = "notifications"

urlpatterns = [
    path("", inbox.index, name="index"),
    path("<int:notification_id>/", inbox.open_notification, name="open"),
    path("<int:notification_id>/read/", inbox.read, name="read"),
    path("<int:notification_id>/unread/", inbox.unread, name="unread"),
    path("read-all/", inbox.read_all, name="read_all"),
    path("menu/", bell.menu, name="menu"),
    path("live/", bell.live, name="live"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/test/", preferences.send_test, name="send_test"),
    path("preferences/<str:token>/", preferences.mail_preferences, name="mail_preferences"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
