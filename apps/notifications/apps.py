from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out

from apps.core import events, slots
from apps.user_profile.events import PlayerFollowed


class NotificationsConfig(AppConfig):
    name = "apps.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from apps.core.scale import SLOT
        from apps.notifications import metrics, permissions, personal_data, reactions, runbooks, scale, signals, types
        from apps.notifications.slots import bell, place

        types.register_all()
        metrics.register_all()
        user_logged_out.connect(signals.close_sockets_of_session, dispatch_uid="notifications.close_sockets")
        events.subscribe(PlayerFollowed, reactions.tell_who_is_followed)
        slots.register(SLOT, scale.load, weight=30)
        slots.register("personal_data", personal_data.personal_data)
        slots.register("account_purge", personal_data.purge)
        slots.register("staff_groups", permissions.staff_groups)
        slots.register("header", bell)
        slots.register("account_menu", place)
        runbooks.register_all()
