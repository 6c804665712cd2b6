from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_save


class UserProfileConfig(AppConfig):
    name = "apps.user_profile"
    label = "user_profile"
    verbose_name = "Player profiles"

    def ready(self) -> None:
        from apps.user_profile.signals import make_profile

        # By name: the user model may not be loaded yet.
        post_save.connect(make_profile, sender=settings.AUTH_USER_MODEL, dispatch_uid="user_profile.make_profile")
