"""What staff decide about a team."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit, events
from apps.teams import permissions
from apps.teams.events import TeamUpdated
from apps.teams.models import Team


@transaction.atomic(durable=True)
def set_flags(
    *, actor: User, team_ids: list[int], is_verified: bool | None = None, is_featured: bool | None = None
) -> int:
    """Set the given flags on all these teams and return how many changed. Each team has its own audit row.

    Raises:
        PermissionRefused: The actor may not change teams as staff.
    """
    permissions.check_set_flags(actor)
    wanted = {
        name: flag for name, flag in (("is_verified", is_verified), ("is_featured", is_featured)) if flag is not None
    }
    changed = 0
    # In one order, so that two of these at once wait for each other.
    for team in Team.objects.select_for_update(no_key=True).filter(pk__in=team_ids).order_by("pk"):
        old = {name: getattr(team, name) for name, flag in wanted.items() if getattr(team, name) != flag}
        if not old:
            continue
        new = {name: wanted[name] for name in old}
        for name, flag in new.items():
            setattr(team, name, flag)
        team.save(update_fields=list(new))
        audit.record(actor=actor, action="team.flags_set", target=team, old=old, new=new)
        events.publish(TeamUpdated(team_id=team.pk))
        changed += 1
    return changed
