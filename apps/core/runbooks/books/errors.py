"""Pages or jobs fail: which error, since when, since which release."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from apps.core.models import ErrorGroup
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook

LATELY = 900.0  # seconds
SHOWN = 5


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Name the errors of the last minutes. A fault in the code is mended by a release, so there is no remedy."""
    if settings.SENTRY_DSN:
        diagnosis.note("Errors go to Sentry (SENTRY_DSN is set); this list holds what came before that.")
    since = timezone.now() - timedelta(seconds=look.seconds(LATELY))
    groups = list(ErrorGroup.objects.filter(last_seen_at__gte=since, resolved_at=None).order_by("-count")[:50])
    diagnosis.evidence["errors"] = [
        {"kind": each.kind, "place": each.place, "count": each.count, "route": each.route, "trace": each.trace}
        for each in groups
    ]
    if not groups:
        known = ErrorGroup.objects.filter(resolved_at=None).aggregate(total=Sum("count"))["total"] or 0
        diagnosis.ok(f"No error in the last {look.seconds(LATELY) / 60:.0f} minutes ({known} older ones are open).")
        return
    for group in groups[:SHOWN]:
        new = " It is new with this release." if group.first_release == settings.RELEASE != "" else ""
        diagnosis.wrong(
            f"{group.kind} in {group.place or group.source}, {group.count} times since "
            f"{group.first_seen_at:%F %R} UTC, last on {group.route or group.task_id or 'no page'} "
            f"(number {group.request_id or '–'}).{new}"
        )
    if any(group.first_release == settings.RELEASE != "" for group in groups):
        diagnosis.advise("These came with the running release: deploy/rollback (see bad-release).")
    diagnosis.advise("Admin → Errors has each with its trace. grep the number in the logs for the whole story.")


RUNBOOK = Runbook("errors", "Pages or jobs fail", look, alerts=("HighErrorRate",))
