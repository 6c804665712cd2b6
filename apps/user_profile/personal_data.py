"""What this app holds about a person, for their export; and how it forgets them."""

from typing import Any

from apps.accounts.models import User
from apps.user_profile.models import Follow, UserProfile
from apps.user_profile.services import purge_profile

_LARGEST = 100_000  # pixels


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return the profile with everything typed into it, its pictures' addresses, and follows."""
    profile = UserProfile.objects.get(user=user)
    left_out = ("id", "user", "avatar", "banner")
    columns = [field.name for field in UserProfile._meta.concrete_fields if field.name not in left_out]
    about = {name: getattr(profile, name) for name in columns}
    about |= {"avatar": profile.avatar.url(_LARGEST), "banner": profile.banner.url(_LARGEST)}
    about["preferred_games"] = list(profile.preferred_games.order_by("game").values_list("game", flat=True))
    return {
        "profile": [about],
        "following": _follows(Follow.objects.filter(follower=profile), "followed"),
        "followers": _follows(Follow.objects.filter(followed=profile), "follower"),
    }


def purge(user: User) -> None:
    """Empty the profile. Called inside the transaction that deletes the account."""
    purge_profile(user=user)


def _follows(rows: Any, other: str) -> list[dict[str, Any]]:
    name = f"{other}__user__username"
    return [
        {"username": row[name], "since": row["created_at"]} for row in rows.order_by("pk").values(name, "created_at")
    ]
