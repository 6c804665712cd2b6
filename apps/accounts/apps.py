from django.apps import AppConfig
from django.db.models.signals import post_migrate

from apps.core import slots


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from apps.accounts import (
            demo,
            groups,
            metrics,
            places,
            signals,  # noqa: F401 - importing the signals connects them
        )
        from apps.accounts.personal_data import personal_data

        metrics.register_all()
        # Auth makes the permissions of an app on the same signal, and stands before this app in the list.
        post_migrate.connect(groups.give_rights, dispatch_uid="accounts.give_rights")
        slots.register("staff_groups", groups.operator_rights)
        slots.register("account_menu", places.security_place, weight=20)
        slots.register("demo", demo.load, weight=10)
        slots.register("personal_data", personal_data, weight=10)
