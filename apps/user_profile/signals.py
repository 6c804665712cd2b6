"""Framework glue: every way a user is made (form, social login, ``createsuperuser``) also makes the profile."""

from typing import Any

from apps.user_profile.models import UserProfile


def make_profile(sender: type, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Make the profile in the transaction of the user. Fixtures (``raw``) bring their own."""
    if created and not raw:
        # The username, not the real name: a login by Google must not publish what the person didn't choose to.
        UserProfile.objects.get_or_create(
            user=instance, defaults={"display_name": instance.get_username()[:40] or "Player"}
        )
