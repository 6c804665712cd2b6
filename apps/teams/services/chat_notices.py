"""Who is called to the chat, beyond its own page."""

from django.urls import reverse

from apps.accounts.models import User
from apps.notifications.services import notify
from apps.teams.models import ChatMessage, ChatReader, TeamMembership


def tell_chat(message_id: int) -> int:
    """Tell who is named, and who is answered unless they muted the chat. Once for each message.

    The words stay in the chat: what is deleted there must not live on in a bell.
    """
    message = (
        ChatMessage.objects.filter(pk=message_id, deleted_at=None, team__is_active=True)
        .select_related("team", "author", "reply_to")
        .first()
    )
    if message is None or message.author is None:
        return 0
    members = User.objects.filter(
        profile__team_memberships__in=TeamMembership.objects.current().filter(team=message.team)
    )
    named = set(members.filter(pk__in=message.mentions.values("user")))
    answered: set[User] = set()
    if message.reply_to and message.reply_to.author_id:
        muted = ChatReader.objects.filter(team=message.team, muted=True).values("user")
        answered = set(members.filter(pk=message.reply_to.author_id).exclude(pk__in=muted)) - named
    return _tell(message, named, "teams.chat_mention") + _tell(message, answered, "teams.chat_reply")


def _tell(message: ChatMessage, people: set[User], code: str) -> int:
    if not people:
        return 0
    url = f"{reverse('teams:chat', args=[message.team.slug])}#m{message.number}"
    return notify(
        sorted(people, key=lambda user: user.pk),
        code,
        actor=message.author,
        subject=message.team,
        context={"team": message.team.name, "url": url},
        fingerprint=f"chat:{message.pk}",
    )
