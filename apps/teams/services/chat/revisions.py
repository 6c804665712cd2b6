"""The one counter of a chat: who changes something locks it, and what changed gets its next number."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.teams import chat_push
from apps.teams.models import ChatMessage, Team, TeamChat


def active_team(team_id: int) -> Team:
    team = Team.objects.active().filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    return team


def lock(team: Team) -> TeamChat:
    """Return the team's counter, locked until the transaction ends. The last lock that anybody takes."""
    TeamChat.objects.get_or_create(team=team)
    return TeamChat.objects.select_for_update(no_key=True).get(team=team)


def next_revision(chat: TeamChat) -> int:
    chat.last_revision += 1
    chat.save(update_fields=["last_revision"])
    return chat.last_revision


def empty(message: ChatMessage, *, by: User, chat: TeamChat) -> None:
    message.body, message.deleted_at, message.deleted_by = "", timezone.now(), by
    message.revision = next_revision(chat)
    message.save(update_fields=["body", "deleted_at", "deleted_by", "revision"])
    message.mentions.all().delete()
    message.reactions.all().delete()
    change_answers(message, chat)


def change_answers(message: ChatMessage, chat: TeamChat) -> None:
    """Give each answer the next revision: it quotes what has just changed, and open pages ask by revision."""
    answers = list(ChatMessage.objects.filter(reply_to=message).only("pk").order_by("number"))
    for revision, answer in enumerate(answers, chat.last_revision + 1):
        answer.revision = revision
    ChatMessage.objects.bulk_update(answers, ["revision"])
    chat.last_revision += len(answers)
    chat.save(update_fields=["last_revision"])


def tell(chat: TeamChat) -> None:
    """After commit. What a push misses, the next one or the browser's heartbeat brings."""
    transaction.on_commit(lambda: chat_push.changed(chat.pk, chat.last_revision), robust=True)
