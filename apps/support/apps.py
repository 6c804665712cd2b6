from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "apps.support"
    label = "support"
    verbose_name = "Support"

    def ready(self) -> None:
        from apps.core import slots
        from apps.core import staff_queues as all_queues
        from apps.notifications import registry
        from apps.support import permissions, staff_queues
        from apps.support.notification_types import TYPES
        from apps.support.personal_data import collect

        for kind in TYPES:
            registry.register(kind)
        all_queues.register(staff_queues.waiting)
        slots.register("staff_groups", permissions.staff_groups)
        slots.register("personal_data", collect)
