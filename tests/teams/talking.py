"""Threads, replies and messages for the tests."""

from django.utils import timezone

from apps.teams.models import BoardReply, BoardThread, ChatMessage, TeamChat


def make_thread(team, author=None, **fields):
    if fields.get("removed_by"):
        fields.setdefault("removed_at", timezone.now())
    fields.setdefault("title", f"Thread {BoardThread.objects.count() + 1}")
    return BoardThread.objects.create(team=team, author=author or team.captain.user, body="**Why?**", **fields)


def make_reply(thread, author=None, body="Because."):
    reply = BoardReply.objects.create(thread=thread, author=author or thread.author, body=body)
    thread.reply_count, thread.last_reply, thread.last_at = thread.reply_count + 1, reply.pk, timezone.now()
    thread.save()
    return reply


def make_message(team, author=None, body="Hello"):
    """Say something in the chat, without its limits and notifications."""
    chat = TeamChat.objects.get_or_create(team=team)[0]
    chat.last_revision += 1
    chat.save()
    number = chat.last_revision
    return ChatMessage.objects.create(
        team=team, author=author or team.captain.user, number=number, revision=number, body=body
    )
