"""Readers report a post, staff settle it."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import typed
from apps.teams.models import TeamPost, TeamPostReport
from apps.teams.permissions import posts as rules
from apps.teams.services.posts.removing import take_away
from apps.teams.services.posts.states import lock_post, reason_of
from apps.teams.social_limits import REASON_LIMIT

State = TeamPostReport.State


@transaction.atomic(durable=True)
def report_post(*, actor: User, post_id: int, why: str, words: str = "") -> TeamPostReport:
    """Ask staff to look at a post. Reported twice by one person it is one report; the author does not hear of it.

    Raises:
        NotFound: There is no such post, or it is hidden from the actor.
        PermissionRefused: It is the actor's own.
        DomainError: A field is wrong. RateLimited: More than ten reports an hour.
    """
    post, standing = lock_post(actor, post_id)
    rules.check_report_post(standing, post)
    rate_limit.check("teams.post_report", key=str(actor.pk), limit=10, seconds=3600)
    words = typed.one_line(words)
    if why not in TeamPostReport.Reason.values:
        raise DomainError("Choose what is wrong with it.", field="why")
    if len(words) > REASON_LIMIT:
        raise DomainError(f"At most {REASON_LIMIT} characters. Yours has {len(words)}.", field="words")
    if why == TeamPostReport.Reason.OTHER and not words:
        raise DomainError("Say in a few words what is wrong.", field="words")
    report, created = TeamPostReport.objects.get_or_create(
        post=post, reporter=actor, defaults={"why": why, "words": words}
    )
    if created:
        # Not the team: its captains read what is recorded of it, and a report is between its reporter and staff.
        audit.record(actor=actor, action="team.post_reported", target=report, old={}, new={"post": post.pk})
    return report


@transaction.atomic(durable=True)
def uphold_report(*, actor: User, report_id: int, reason: str) -> TeamPost:
    """Remove the reported post; its author reads ``reason``. All open reports of it are settled with that.

    Raises:
        PermissionRefused: The actor is no moderator. NotFound: There is no such report, or its team has disbanded.
        DomainError: There is no reason. Conflict: It was settled, or the post removed, before.
    """
    rules.check_moderate_posts(actor)
    post_id = TeamPostReport.objects.filter(pk=report_id).values_list("post", flat=True).first()
    # The post before its report, as whoever removes a post does.
    post, _standing = lock_post(actor, post_id or 0)
    _open_report(report_id)
    return take_away(actor, post, reason=reason_of(reason))


@transaction.atomic(durable=True)
def dismiss_report(*, actor: User, report_id: int) -> TeamPostReport:
    """Leave the post as it is.

    Raises:
        PermissionRefused, NotFound, Conflict: as ``uphold_report``.
    """
    rules.check_moderate_posts(actor)
    report = _open_report(report_id)
    report.state, report.settled_at, report.settled_by = State.DISMISSED, timezone.now(), actor
    report.save(update_fields=["state", "settled_at", "settled_by"])
    audit.record(
        actor=actor,
        action="team.post_report_dismissed",
        target=report,
        old={"post": report.post_id, "report": report.pk},
        new={"state": State.DISMISSED},
    )
    return report


def _open_report(report_id: int) -> TeamPostReport:
    reports = TeamPostReport.objects.select_for_update(no_key=True, of=("self",)).select_related("post__team")
    report = reports.filter(pk=report_id).first()
    if report is None:
        raise NotFound("There is no such report.")
    if report.state != State.OPEN:
        raise Conflict("This report was settled before.")
    return report
