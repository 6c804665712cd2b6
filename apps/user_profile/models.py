"""The player's profile and who follows whom."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from apps.common.images.fields import RenditionsField
from apps.corelib import games, regions
from apps.corelib.game_ids import GameIdError
from apps.user_profile.errors import InvalidGameId

# An ID of two columns is unique as a pair: a number means another player on another server.
_UNIQUE_TOGETHER = ("mlbb_id", "mlbb_server_id")


def _game_id_column(name: str) -> models.CharField:
    field = games.ID_FIELDS[name]
    return models.CharField(field.label, max_length=field.max_length, blank=True, default="")


def _game_id_constraints() -> Iterable[models.BaseConstraint]:
    for name, field in games.ID_FIELDS.items():
        yield models.CheckConstraint(
            condition=Q(**{name: ""}) | Q(**{f"{name}__regex": field.pattern}),
            name=f"user_profile_{name}_format",
            violation_error_message=f"{field.coach} Example: {field.example}.",
        )
        if name not in _UNIQUE_TOGETHER:
            yield models.UniqueConstraint(
                Lower(name),
                condition=~Q(**{name: ""}),
                name=f"user_profile_{name}_once",
                violation_error_message=f"Another player already uses this {field.label}.",
            )


class UserProfile(models.Model):
    """What a player shows to others. One per user, made with the user.

    Empty text means "not given". The columns of game IDs hold repaired values only (``apps.corelib.game_ids``), and
    an ID belongs to at most one profile, without regard to case.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(max_length=40)
    region = models.CharField(max_length=2, default=regions.DEFAULT_REGION)
    bio = models.CharField(max_length=500, blank=True, default="")
    avatar = RenditionsField(purpose="avatar")
    banner = RenditionsField(purpose="banner")
    looking_for_team = models.BooleanField(default=False)
    phone = models.CharField(max_length=16, blank=True, default="")

    youtube_url = models.URLField("YouTube", blank=True, default="")
    twitch_url = models.URLField("Twitch", blank=True, default="")
    discord_url = models.URLField("Discord", blank=True, default="")
    facebook_url = models.URLField("Facebook", blank=True, default="")
    x_url = models.URLField("X", blank=True, default="")
    instagram_url = models.URLField("Instagram", blank=True, default="")
    tiktok_url = models.URLField("TikTok", blank=True, default="", db_default="")
    website_url = models.URLField("Website", blank=True, default="")

    riot_id = _game_id_column("riot_id")
    steam_id = _game_id_column("steam_id")
    efootball_id = _game_id_column("efootball_id")
    ea_id = _game_id_column("ea_id")
    mlbb_id = _game_id_column("mlbb_id")
    mlbb_server_id = _game_id_column("mlbb_server_id")
    codm_uid = _game_id_column("codm_uid")
    free_fire_id = _game_id_column("free_fire_id")
    pubg_mobile_id = _game_id_column("pubg_mobile_id")

    is_private = models.BooleanField(default=False)
    show_email = models.BooleanField(default=False)
    show_phone = models.BooleanField(default=False)
    show_socials = models.BooleanField(default=True)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "player profile"
        constraints = [
            models.CheckConstraint(condition=~Q(display_name=""), name="user_profile_display_name_given"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^[+][1-9][0-9]{7,14}$"), name="user_profile_phone_format"
            ),
            *_game_id_constraints(),
            models.CheckConstraint(
                condition=Q(mlbb_id="", mlbb_server_id="") | (~Q(mlbb_id="") & ~Q(mlbb_server_id="")),
                name="user_profile_mlbb_both",
                violation_error_message="Mobile Legends needs the ID and the server ID.",
            ),
            models.UniqueConstraint(
                "mlbb_id",
                "mlbb_server_id",
                condition=~Q(mlbb_id=""),
                name="user_profile_mlbb_once",
                violation_error_message="Another player already uses this MLBB ID.",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        """Return the public page. Needs ``user``."""
        return reverse("user_profile:profile", args=[self.user.get_username()])

    @property
    def region_name(self) -> str:
        """The region in words."""
        return regions.name(self.region)

    @property
    def avatar_url(self) -> str:
        """The picture as lists show it, or empty text."""
        return self.avatar.url(128)

    def get_game_id(self, game: str) -> str:
        """Return the ID in the game with this code as the game shows it, or empty text."""
        entry = games.get(game)
        return entry.format_id({field.name: getattr(self, field.name) for field in entry.id_fields})

    def set_game_id(self, game: str, value: str) -> None:
        """Check, repair and set the ID on this instance; saving it is the service's work.

        Raises:
            InvalidGameId: With the reason and an example; nothing was set.
        """
        try:
            cleaned = games.get(game).parse_id(value)
        except GameIdError as error:
            raise InvalidGameId(str(error), field=error.field) from error
        for name, part in cleaned.items():
            setattr(self, name, part)

    def get_game_id_label(self, game: str) -> str:
        """Return what the game calls its ID, e.g. "Riot ID"."""
        return games.get(game).id_label


class PreferredGame(models.Model):
    """A game that a player plays. A row each, so that a directory can filter by it."""

    profile = models.ForeignKey(UserProfile, on_delete=models.CASCADE, related_name="preferred_games", db_index=False)
    game = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "game"], name="user_profile_preferred_once"),
        ]
        indexes = [models.Index(fields=["game", "profile"], name="user_profile_preferred_game")]

    def __str__(self) -> str:
        return f"{self.profile_id} plays {self.game}"


class Follow(models.Model):
    """One player follows another. Two players who follow each other are friends."""

    follower = models.ForeignKey(UserProfile, on_delete=models.CASCADE, related_name="following_set", db_index=False)
    followed = models.ForeignKey(UserProfile, on_delete=models.CASCADE, related_name="follower_set", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="user_profile_follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="user_profile_follow_not_self"),
        ]
        # Each list is read newest first by its own index, page by page.
        indexes = [
            models.Index(fields=["followed", "-id"], name="user_profile_followers"),
            models.Index(fields=["follower", "-id"], name="user_profile_following"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followed_id}"
