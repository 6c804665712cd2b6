"""Readers report a thread, a reply or a chat message; staff settle it, and its author is told.

Locks are taken in the order report, thread or chat.
"""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import typed
from apps.notifications.services import notify
from apps.teams.models import BoardReply, BoardThread, ChatMessage, TalkReport, Team
from apps.teams.permissions import posts as staff_rules
from apps.teams.permissions import standing
from apps.teams.permissions import talk_reports as rules
from apps.teams.permissions.talk_reports import Talk
from apps.teams.services.board.replies import empty as empty_reply
from apps.teams.services.board.threads import take_off
from apps.teams.services.chat import revisions
from apps.teams.services.posts.states import reason_of
from apps.teams.social_limits import REASON_LIMIT

Kind = TalkReport.Kind
State = TalkReport.State


@transaction.atomic(durable=True)
def report_talk(*, actor: User, kind: str, target_id: int, why: str, words: str = "") -> TalkReport:
    """Ask staff to look at it, and show them its words. Reported twice by one person it is one report.

    Raises:
        NotFound: There is no such thread, reply or message, or it is hidden from the actor.
        PermissionRefused: It is the actor's own. Conflict: It was removed before.
        DomainError: A field is wrong. RateLimited: More than ten reports an hour.
    """
    talk, team = _find(kind, target_id)
    rules.check_report_talk(standing(actor, team), talk)
    rate_limit.check("teams.talk_report", key=str(actor.pk), limit=10, seconds=3600)
    words = typed.one_line(words)
    if why not in TalkReport.Reason.values:
        raise DomainError("Choose what is wrong with it.", field="why")
    if len(words) > REASON_LIMIT:
        raise DomainError(f"At most {REASON_LIMIT} characters. Yours has {len(words)}.", field="words")
    if why == TalkReport.Reason.OTHER and not words:
        raise DomainError("Say in a few words what is wrong.", field="words")
    title = f"{talk.title}\n\n" if isinstance(talk, BoardThread) else ""
    report, created = TalkReport.objects.get_or_create(
        reporter=actor,
        **{kind: talk},
        defaults={
            "team": team,
            "kind": kind,
            "author": talk.author,
            "quoted": title + talk.body,
            "why": why,
            "words": words,
        },
    )
    if created:
        # Not the team: its captains read what is recorded of it, and a report is between its reporter and staff.
        audit.record(
            actor=actor, action="team.talk_reported", target=report, old={}, new={"kind": kind, "id": target_id}
        )
    return report


@transaction.atomic(durable=True)
def uphold_talk_report(*, actor: User, report_id: int, reason: str) -> TalkReport:
    """Remove what was reported; its author reads ``reason``. All open reports of it are settled with that.

    Raises:
        PermissionRefused: The actor is no moderator. NotFound: There is no such report.
        DomainError: There is no reason. Conflict: It was settled before.
    """
    staff_rules.check_moderate_posts(actor)
    report = _open_report(report_id)
    reason = reason_of(reason)
    _take_away(actor, report)
    same = {report.kind: report.target_id} if report.target_id else {"pk": report.pk}
    others = TalkReport.objects.select_for_update(no_key=True, of=("self",)).filter(state=State.OPEN, **same)
    for each in others.order_by("pk"):
        _settle(actor, each, State.UPHELD, reason=reason)
    report.refresh_from_db()
    if report.author is not None:
        notify(
            [report.author],
            "teams.talk_removed",
            subject=report.team,
            context={
                "team": report.team.name,
                "what": report.get_kind_display().lower(),
                "reason": reason,
                "url": report.team.get_absolute_url(),
            },
            fingerprint=f"talk-report:{report.kind}:{report.target_id or report.pk}",
        )
    return report


@transaction.atomic(durable=True)
def dismiss_talk_report(*, actor: User, report_id: int) -> TalkReport:
    """Leave it as it is.

    Raises:
        PermissionRefused, NotFound, Conflict: as ``uphold_talk_report``.
    """
    staff_rules.check_moderate_posts(actor)
    report = _open_report(report_id)
    _settle(actor, report, State.DISMISSED)
    return report


def forget(user: User) -> None:
    """Delete what somebody reported, and the copies of what they wrote. Part of the deletion of the account."""
    TalkReport.objects.filter(reporter=user).delete()
    TalkReport.objects.filter(author=user).update(quoted="", author=None)


def _find(kind: str, target_id: int) -> tuple[Talk, Team]:
    talk: Talk | None = None
    if kind == Kind.THREAD:
        talk = BoardThread.objects.select_related("team", "author").filter(pk=target_id).first()
    elif kind == Kind.REPLY:
        talk = BoardReply.objects.select_related("thread__team", "author").filter(pk=target_id).first()
    elif kind == Kind.MESSAGE:
        talk = ChatMessage.objects.select_related("team", "author").filter(pk=target_id).first()
    if talk is None:
        raise NotFound("There is no such thing to report.")
    return talk, talk.thread.team if isinstance(talk, BoardReply) else talk.team


def _open_report(report_id: int) -> TalkReport:
    reports = TalkReport.objects.select_for_update(no_key=True, of=("self",)).select_related("team", "author")
    report = reports.filter(pk=report_id).first()
    if report is None:
        raise NotFound("There is no such report.")
    if report.state != State.OPEN:
        raise Conflict("This report was settled before.")
    return report


def _settle(actor: User, report: TalkReport, state: str, *, reason: str = "") -> None:
    report.state, report.reason = state, reason
    report.settled_at, report.settled_by = timezone.now(), actor
    report.save(update_fields=["state", "reason", "settled_at", "settled_by"])
    audit.record(
        actor=actor,
        action=f"team.talk_report_{state}",
        target=report,
        old={"state": State.OPEN, "kind": report.kind, "id": report.target_id},
        new={"state": state} | ({"reason": reason} if reason else {}),
    )


def _take_away(actor: User, report: TalkReport) -> None:
    """Remove it, unless it is gone. The team's captains find it in their log, without who told."""
    if report.message_id:
        chat = revisions.lock(report.team)
        message = ChatMessage.objects.get(pk=report.message_id)
        if message.deleted_at is None:
            revisions.empty(message, by=actor, chat=chat)
            revisions.tell(chat)
            _log(actor, report.team, "team.chat_message_removed", message=message.pk, author=message.author_id)
    elif report.reply_id:
        reply = BoardReply.objects.select_for_update(no_key=True).get(pk=report.reply_id)
        if reply.removed_at is None:
            empty_reply(reply, by=actor)
            _log(actor, report.team, "team.reply_removed", reply=reply.pk, author=reply.author_id)
    elif report.thread_id:
        thread = BoardThread.objects.select_for_update(no_key=True).get(pk=report.thread_id)
        if thread.removed_at is None:
            thread.team = report.team
            take_off(actor, thread)


def _log(actor: User, team: Team, action: str, **what: int | None) -> None:
    audit.record(actor=actor, action=action, target=team, old=what, new={"removed": True})
