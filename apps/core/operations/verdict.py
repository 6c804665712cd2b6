"""The first lines of the page: whether something is wrong, and what to do."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Avg
from django.utils import timezone
from django.utils.timesince import timesince

from apps.core import slots
from apps.core.deadlines import Question, ask
from apps.core.metrics import snapshot
from apps.core.models import MetricSample
from apps.core.operations import conditions, forecasts, since
from apps.core.operations.conditions import Facts, Finding
from apps.core.operations.sections import Section

RECENT = timedelta(minutes=5)
HISTORY_SECONDS = 1.5
# Whoever has pages of the runbooks says where: called with the name of one, returns an address or nothing.
RUNBOOK_SLOT = "runbook_url"

Recent = dict[str, dict[str, float]]


def recent() -> Recent:
    """Return the means of the last minutes by series and label."""
    rows = MetricSample.objects.filter(resolution=60, at__gte=timezone.now() - RECENT)
    found: Recent = {}
    for row in rows.values("series", "label").annotate(mean=Avg("value")).order_by():
        found.setdefault(row["series"], {})[row["label"]] = row["mean"]
    return found


_recent = Question("the last minutes", lambda: (recent(), forecasts.full_in_days()))
_begins = Question("since when", since.began)


def facts() -> Facts:
    """Return what is known now; without a database that is less."""
    (told,) = ask([_recent], seconds=HISTORY_SECONDS)
    minutes, disks = told.value or ({}, {})
    return Facts(snapshot.take(), minutes, time.time(), disks)


def note() -> int:
    """Write down what is wrong in this minute, so that the page can say since when. Returns how many alerts speak."""
    return since.note(finding.condition.alert for finding in conditions.find(facts()))


def address_of(runbook: str) -> str:
    """Return where the page of a runbook is, or nothing."""
    for fill in slots.fillings(RUNBOOK_SLOT):
        if address := fill(runbook):
            return str(address)
    return ""


def told(findings: list[Finding], begins: Mapping[str, datetime]) -> list[dict[str, Any]]:
    return [
        {
            "severity": finding.condition.severity,
            "sentence": finding.sentence,
            "runbook": finding.condition.runbook,
            "url": address_of(finding.condition.runbook),
            "alert": finding.condition.alert,
            "since": begins.get(finding.condition.alert),
            "lasts": _lasts(begins.get(finding.condition.alert)),
        }
        for finding in findings
    ]


def _lasts(begin: datetime | None) -> str:
    """Return how long it has lasted in words; nothing before a minute is over."""
    return timesince(begin) if begin and timezone.now() - begin >= timedelta(minutes=1) else ""


def content() -> dict[str, Any]:
    now = facts()
    silent = [source for source, up in now.now.by("deltacrown_source_up", "source").items() if not up]
    findings, at = conditions.find(now), timezone.now()
    (begins,) = ask([_begins], seconds=HISTORY_SECONDS) if findings else (None,)
    return {
        "findings": told(findings, (begins and begins.value) or {}),
        "silent": sorted(silent),
        "at": at,
        "utc": f"{at.astimezone(UTC):%H:%M}",  # as in logs and schedules
        "zone": timezone.get_current_timezone_name(),
    }


SECTION = Section("verdict", "Now", 0, "core/operations/verdict.html", content, database=False)
