from django.apps import AppConfig


class CorelibConfig(AppConfig):
    name = "apps.corelib"
    label = "corelib"
    verbose_name = "Core library"
