"""Who is called to the board: who is named, and whose thread is answered. Once for each thread and reply."""

from collections.abc import Iterable

from apps.accounts.models import User
from apps.notifications.services import notify
from apps.teams.models import BoardReply, BoardThread, TeamMembership
from apps.teams.selectors import mentions


def tell_thread(thread_id: int) -> int:
    threads = BoardThread.objects.filter(pk=thread_id, removed_at=None, team__is_active=True)
    thread = threads.select_related("team", "author").first()
    if thread is None or thread.author is None:
        return 0
    named = mentions.members_named(thread.team_id, thread.body)
    return _tell(thread, named, "teams.board_mention", actor=thread.author)


def tell_reply(reply_id: int) -> int:
    replies = BoardReply.objects.filter(pk=reply_id, removed_at=None, thread__removed_at=None)
    reply = replies.filter(thread__team__is_active=True).select_related("thread__team", "author").first()
    if reply is None or reply.author is None:
        return 0
    thread = reply.thread
    named = mentions.members_named(thread.team_id, reply.body)
    members = TeamMembership.objects.current().filter(team=thread.team, profile__user=thread.author_id)
    answered = [] if thread.author_id in named else list(members.values_list("profile__user_id", flat=True))
    told = _tell(thread, named, "teams.board_mention", actor=reply.author, reply=reply)
    return told + _tell(thread, answered, "teams.board_reply", actor=reply.author, reply=reply)


def _tell(
    thread: BoardThread, people: Iterable[int], code: str, *, actor: User, reply: BoardReply | None = None
) -> int:
    url = thread.get_absolute_url()
    return notify(
        people,
        code,
        actor=actor,
        subject=thread.team,
        context={
            "team": thread.team.name,
            "title": thread.title,
            "url": f"{url}?from={reply.pk}#r{reply.pk}" if reply else url,
        },
        fingerprint=f"reply:{reply.pk}" if reply else f"thread:{thread.pk}",
    )
