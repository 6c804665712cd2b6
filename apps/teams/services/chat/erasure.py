"""What a deleted account leaves of what it said: places without words."""

from apps.accounts.models import User
from apps.teams.models import ChatMention, ChatMessage, ChatReader, Team
from apps.teams.services.chat.revisions import empty, lock, next_revision, tell


def forget(user: User) -> None:
    """Empty what the person wrote, in every chat, and drop their signs. Part of the deletion of the account."""
    ChatReader.objects.filter(user=user).delete()
    ChatMention.objects.filter(user=user).delete()
    written = ChatMessage.objects.filter(author=user, deleted_at=None)
    reacted = ChatMessage.objects.filter(reactions__user=user)
    touched = set(written.values_list("team", flat=True)) | set(reacted.values_list("team", flat=True))
    for team_id in sorted(touched):
        team = Team.objects.get(pk=team_id)
        chat = lock(team)
        for message in written.filter(team=team).order_by("number"):
            empty(message, by=user, chat=chat)
        for message in reacted.filter(team=team).distinct().order_by("number"):
            message.reactions.filter(user=user).delete()
            message.revision = next_revision(chat)
            message.save(update_fields=["revision"])
        tell(chat)
