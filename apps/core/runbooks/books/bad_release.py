"""A release is bad: is the one that runs new, and did errors come with it."""

import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from apps.core import health
from apps.core.metrics.families import services
from apps.core.models import ErrorGroup
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook
from apps.corelib.units import duration

LATELY = 900.0  # seconds


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Say which release runs, since when, and what failed that the one before did not. Going back is a person's."""
    told = health.version()
    release = settings.RELEASE or f"{told['version']}+{told['commit']}"
    age = time.time() - services.installed_at()
    since = timezone.now() - timedelta(seconds=look.seconds(LATELY))
    fresh = list(
        ErrorGroup.objects.filter(last_seen_at__gte=since, resolved_at=None, first_release=settings.RELEASE)
        .exclude(first_release="")
        .order_by("-count")[:20]
    )
    diagnosis.evidence |= {
        "release": release,
        "age_seconds": round(age),
        "new_errors": [{"kind": each.kind, "place": each.place, "count": each.count} for each in fresh],
    }
    diagnosis.note(f"Release {release} runs; its files have been here for {duration(age)}.")
    for group in fresh:
        diagnosis.wrong(
            f"{group.kind} in {group.place or group.source}, {group.count} times, is new with this release."
        )
    if not fresh:
        diagnosis.ok(f"No error of the last {look.seconds(LATELY) / 60:.0f} minutes is new with this release.")
    else:
        diagnosis.advise("deploy/rollback puts the release before in its place in seconds, and touches no data.")


RUNBOOK = Runbook("bad-release", "A release is bad", look, alerts=("BadRelease",))
