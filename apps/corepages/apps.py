from django.apps import AppConfig


class CorepagesConfig(AppConfig):
    name = "apps.corepages"
    label = "corepages"
    verbose_name = "Pages"
