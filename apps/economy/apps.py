from django.apps import AppConfig


class EconomyConfig(AppConfig):
    name = "apps.economy"
    label = "economy"
    verbose_name = "DeltaCoin"
