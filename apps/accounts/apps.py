from django.apps import AppConfig

from apps.core import slots


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from apps.accounts import demo, metrics, places, signals  # noqa: F401 - importing the signals connects them
        from apps.accounts.personal_data import personal_data

        metrics.register_all()
        slots.register("account_menu", places.security_place, weight=20)
        slots.register("demo", demo.load, weight=10)
        slots.register("personal_data", personal_data, weight=10)
