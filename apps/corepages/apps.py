from django.apps import AppConfig


class CorepagesConfig(AppConfig):
    name = "apps.corepages"
    label = "corepages"
    verbose_name = "Pages"

    def ready(self) -> None:
        from apps.core import slots
        from apps.corepages import places

        slots.register("nav", places.home_place, weight=10)
        for weight, place in enumerate(places.FOOTER):
            slots.register("footer", place, weight=weight)
