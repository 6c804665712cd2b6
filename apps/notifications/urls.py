"""Pages of notifications. A link with a token needs no login; everything else shows its owner's only."""

from django.urls import path

from apps.notifications.views import bell, discord, inbox, preferences, unsubscribe

app_name = "notifications"

urlpatterns = [
    path("", inbox.index, name="index"),
    path("<int:notification_id>/", inbox.open_notification, name="open"),
    path("<int:notification_id>/read/", inbox.read, name="read"),
    path("<int:notification_id>/unread/", inbox.unread, name="unread"),
    path("<int:notification_id>/why/", inbox.why, name="why"),
    path("read-all/", inbox.read_all, name="read_all"),
    path("menu/", bell.menu, name="menu"),
    path("live/", bell.live, name="live"),
    path("discord/", discord.discord, name="discord"),
    path("discord/test/", discord.test_discord, name="test_discord"),
    path("discord/remove/", discord.remove_discord, name="remove_discord"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/clear-bounce/", preferences.clear_bounce, name="clear_bounce"),
    path("preferences/test/", preferences.send_test, name="send_test"),
    path("preferences/<str:token>/", preferences.mail_preferences, name="mail_preferences"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
