"""Another name for a team, and what becomes of the old one."""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import User
from apps.core import audit, events, jobs
from apps.core.errors import Conflict
from apps.corelib.display_names import tidy
from apps.teams import permissions
from apps.teams.constants import RENAME_COOL_DOWN
from apps.teams.events import TeamUpdated
from apps.teams.models import PastName, Team
from apps.teams.selectors import names
from apps.teams.services import teams
from apps.teams.services.locks import lock_team


@transaction.atomic(durable=True)
def rename_team(*, actor: User, team_id: int, name: str, tag: str) -> Team:
    """Give the team this name and tag, once in thirty days; staff may at any time.

    The old address leads to the new one for good. Nobody else gets the old name and tag for thirty days.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not the captain.
        DomainError: Name or tag is wrong; ``field`` names it.
        Conflict: Name or tag is taken or held, or the last change is less than thirty days ago.
    """
    team = lock_team(team_id)
    permissions.check_rename(permissions.standing(actor, team))
    old = {"name": team.name, "tag": team.tag, "slug": team.slug}
    team.name, team.tag = tidy(name), tidy(tag)
    if (team.name, team.tag) == (old["name"], old["tag"]):
        return team
    if not permissions.can_set_flags(actor):
        _check_cool_down(team)
    teams.check_fields(team)
    names.check_name_free(team.name, team=team)
    names.check_tag_free(team.tag, name=team.name, team=team)

    team.slug = names.free_slug(team.name, team.tag, team=team)
    past = PastName.objects.create(team=team, **old, renamed_by=actor)
    with teams.refusing_taken_names(team):
        team.save(update_fields=["name", "tag", "slug"])
    names.check_not_held(team)

    new = {field: getattr(team, field) for field in old}
    audit.record(actor=actor, action="team.renamed", target=team, old=old, new=new)
    events.publish(TeamUpdated(team_id=team.pk))
    jobs.enqueue("teams.send_rename_notification", past_name_id=past.pk)
    return team


def _check_cool_down(team: Team) -> None:
    last = team.past_names.order_by("-given_up_at").values_list("given_up_at", flat=True).first()
    if last is not None and last > timezone.now() - RENAME_COOL_DOWN:
        day = date_format(timezone.localtime(last + RENAME_COOL_DOWN), "j F")
        raise Conflict(f"A team changes its name once in 30 days. You can do it again on {day}.")
