"""Whether a game ID is free."""

from django.db.models import Q

from apps.corelib import games
from apps.user_profile.models import UserProfile


def taken_field(profile: UserProfile) -> str:
    """Return the first ID column whose value another profile has, in one query, or empty text."""
    conditions = {}
    for name in games.ID_FIELDS:
        value = getattr(profile, name)
        if value and name == "mlbb_id":
            conditions[name] = Q(mlbb_id=value, mlbb_server_id=profile.mlbb_server_id)
        elif value and name != "mlbb_server_id":
            conditions[name] = Q(**{f"{name}__iexact": value})
    if not conditions:
        return ""
    any_of = Q()
    for condition in conditions.values():
        any_of |= condition
    others = list(UserProfile.objects.exclude(pk=profile.pk).filter(any_of)[: len(conditions)])
    for name in conditions:
        value = getattr(profile, name).lower()
        for other in others:
            same = getattr(other, name).lower() == value
            if same and (name != "mlbb_id" or other.mlbb_server_id == profile.mlbb_server_id):
                return name
    return ""
