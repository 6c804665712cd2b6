"""Who may read, write and keep order in a team's chat."""

from apps.core.errors import Conflict, PermissionRefused
from apps.teams.models import ChatMessage, MemberFlag, TeamMembership
from apps.teams.permissions.standing import Standing, boolean, check_see


def check_chat(viewer: Standing) -> TeamMembership:
    """Read and write the chat. Members only: not even superusers read along."""
    check_see(viewer)
    if viewer.membership is None:
        raise PermissionRefused("The chat is for the members of the team.")
    return viewer.membership


def check_edit_message(viewer: Standing, message: ChatMessage) -> None:
    check_chat(viewer)
    if message.author_id != viewer.user.pk:
        raise PermissionRefused("Only who wrote a message can edit it.")
    _check_not_deleted(message)


def check_delete_message(viewer: Standing, message: ChatMessage) -> None:
    """The author, or whoever keeps order in the chat."""
    if not viewer.is_superuser:
        check_chat(viewer)
    if message.author_id != viewer.user.pk and not viewer.has_flag(MemberFlag.MANAGE_CHAT):
        raise PermissionRefused(
            "Only who wrote a message can delete it, and who keeps order: the captain, co-captains, "
            "and active members where the captain opens it to them."
        )
    _check_not_deleted(message)


def check_react(viewer: Standing, message: ChatMessage) -> None:
    check_chat(viewer)
    _check_not_deleted(message)


def _check_not_deleted(message: ChatMessage) -> None:
    if message.deleted_at is not None:
        raise Conflict("This message was deleted.")


can_chat = boolean(check_chat)
can_edit_message = boolean(check_edit_message)
can_delete_message = boolean(check_delete_message)
can_react = boolean(check_react)
