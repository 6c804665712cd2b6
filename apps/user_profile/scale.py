"""Many made-up players."""

from apps.accounts.models import User
from apps.core.scale import Made, Plan, analyze
from apps.corelib import regions
from apps.user_profile.models import UserProfile

PEOPLE = 100_000
BATCH = 5_000
SYLLABLES = ("ra", "fi", "nus", "rat", "tan", "vir", "mim", "sha", "kib", "ari", "far", "han")


def load(plan: Plan) -> Made:
    """Make players ``<mark>0`` and on, each with a profile and a display name of three syllables."""
    places = list(regions.REGIONS)
    users = User.objects.bulk_create(
        (
            User(username=f"{plan.mark}{number}", email=f"{plan.mark}{number}@example.test", date_joined=plan.now)
            for number in range(plan.share(PEOPLE))
        ),
        batch_size=BATCH,
    )
    UserProfile.objects.bulk_create(
        (
            UserProfile(
                user=user,
                display_name=_name(number),
                region=places[number % 7 % len(places)],
            )
            for number, user in enumerate(users)
        ),
        batch_size=BATCH,
    )
    analyze(User._meta.db_table, UserProfile._meta.db_table)
    return {"people": len(users)}


def _name(number: int) -> str:
    count = len(SYLLABLES)
    return "".join(SYLLABLES[number // count**power % count] for power in range(3)).capitalize() + f" {number}"
