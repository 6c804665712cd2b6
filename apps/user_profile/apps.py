from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_save


class UserProfileConfig(AppConfig):
    name = "apps.user_profile"
    label = "user_profile"
    verbose_name = "Player profiles"

    def ready(self) -> None:
        from apps.core import slots
        from apps.core.scale import SLOT
        from apps.user_profile import places, scale
        from apps.user_profile.demo import load
        from apps.user_profile.personal_data import personal_data, purge
        from apps.user_profile.signals import make_profile

        # By name: the user model may not be loaded yet.
        post_save.connect(make_profile, sender=settings.AUTH_USER_MODEL, dispatch_uid="user_profile.make_profile")
        slots.register("personal_data", personal_data)
        slots.register("account_purge", purge)
        slots.register("demo", load, weight=20)
        slots.register(SLOT, scale.load, weight=20)
        slots.register("nav", places.me_place, weight=90)
        slots.register("account_face", places.account_face)
        slots.register("account_menu", places.profile_place, weight=10)
        slots.register("account_menu", places.edit_place, weight=11)
