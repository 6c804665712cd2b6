"""How far a member has read, and whether the chat may call them."""

from django.db import transaction
from django.db.models.functions import Greatest

from apps.accounts.models import User
from apps.teams import permissions
from apps.teams.models import ChatMessage, ChatReader, Team
from apps.teams.services.chat.revisions import active_team


@transaction.atomic(durable=True)
def mark_read(*, actor: User, team_id: int, number: int) -> None:
    """Remember that the actor has read up to ``number``. Never goes back, never past the newest message.

    Raises:
        NotFound, PermissionRefused: as ``send_message``.
    """
    team = active_team(team_id)
    permissions.check_chat(permissions.standing(actor, team))
    newest = ChatMessage.objects.filter(team=team).order_by("-number").values_list("number", flat=True).first() or 0
    read_up_to(actor, team, min(max(number, 0), newest))


@transaction.atomic(durable=True)
def set_muted(*, actor: User, team_id: int, muted: bool) -> None:
    """Let the chat call the actor, or not. Mentions always do.

    Raises:
        NotFound, PermissionRefused: as ``send_message``.
    """
    team = active_team(team_id)
    permissions.check_chat(permissions.standing(actor, team))
    ChatReader.objects.update_or_create(team=team, user=actor, defaults={"muted": muted})


def read_up_to(actor: User, team: Team, number: int) -> None:
    ChatReader.objects.get_or_create(team=team, user=actor)
    ChatReader.objects.filter(team=team, user=actor).update(read_number=Greatest("read_number", number))
