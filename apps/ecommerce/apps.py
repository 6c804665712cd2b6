from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from apps.core import slots


class EcommerceConfig(AppConfig):
    name = "apps.ecommerce"
    label = "ecommerce"
    verbose_name = "DeltaStore"

    def ready(self) -> None:
        from apps.core import staff_queues as all_queues
        from apps.core.scale import SLOT
        from apps.ecommerce import (
            demo,
            demo_desk,
            demo_orders,
            demo_past,
            metrics,
            notification_types,
            permissions,
            personal_data,
            places,
            scale,
            staff_queues,
        )
        from apps.ecommerce.views.cart import bring_cart

        notification_types.register_all()
        metrics.register_all()
        all_queues.register(staff_queues.waiting)
        slots.register("nav", places.store_place, weight=40)
        slots.register("header", places.cart_tool, weight=40)
        slots.register("ledger_cause", places.ledger_cause, weight=60)
        slots.register("account_menu", places.orders_place, weight=24)
        slots.register("account_menu", places.wishlist_place, weight=25)
        slots.register("account_menu", places.addresses_place, weight=26)
        slots.register("account_menu", places.points_place, weight=27)
        slots.register("account_menu", places.desk_place, weight=90)
        slots.register("staff_groups", permissions.staff_groups)
        slots.register("demo", demo.load, weight=60)
        slots.register("demo", demo_past.load, weight=61)
        slots.register("demo", demo_orders.load, weight=62)
        slots.register("demo", demo_desk.load, weight=63)
        slots.register(SLOT, scale.load, weight=60)
        slots.register("personal_data", personal_data.personal_data, weight=60)
        slots.register("account_purge", personal_data.purge, weight=60)
        slots.register("account_deletion_blockers", permissions.deletion_blockers, weight=60)
        user_logged_in.connect(bring_cart, dispatch_uid="ecommerce.bring_cart")
