"""The player's profile."""

from django.conf import settings
from django.db import models


class UserProfile(models.Model):
    """What a player shows to others. One per user, made with the user."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.display_name
