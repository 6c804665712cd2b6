from django.apps import AppConfig


class SiteuiConfig(AppConfig):
    name = "apps.siteui"
    label = "siteui"
    verbose_name = "Site and community"
