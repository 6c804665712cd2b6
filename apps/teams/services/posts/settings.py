"""What the captain decides about posts."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.teams.models import Team
from apps.teams.permissions import posts as rules
from apps.teams.permissions import standing
from apps.teams.services.locks import lock_team


@transaction.atomic(durable=True)
def set_post_settings(*, actor: User, team_id: int, **settings: bool) -> Team:
    """Change ``posts_need_approval`` or ``board_is_public``. What waits already goes on waiting.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not change settings.
    """
    team = lock_team(team_id)
    rules.check_post_settings(standing(actor, team))
    old = {name: getattr(team, name) for name, value in settings.items() if getattr(team, name) != value}
    if not old:
        return team
    for name in old:
        setattr(team, name, settings[name])
    team.save(update_fields=list(old))
    audit.record(
        actor=actor,
        action="team.post_settings_changed",
        target=team,
        old=old,
        new={name: settings[name] for name in old},
    )
    return team
