"""The first lines of the page: whether something is wrong, and what to do."""

import time
from datetime import timedelta
from typing import Any

from django.db.models import Avg
from django.utils import timezone

from apps.core import slots
from apps.core.deadlines import Question, ask
from apps.core.metrics import snapshot
from apps.core.models import MetricSample
from apps.core.operations import conditions, forecasts
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


def facts() -> Facts:
    """Return what is known now; without a database that is less."""
    (told,) = ask([_recent], seconds=HISTORY_SECONDS)
    minutes, disks = told.value or ({}, {})
    return Facts(snapshot.take(), minutes, time.time(), disks)


def address_of(runbook: str) -> str:
    """Return where the page of a runbook is, or nothing."""
    for fill in slots.fillings(RUNBOOK_SLOT):
        if address := fill(runbook):
            return str(address)
    return ""


def told(findings: list[Finding]) -> list[dict[str, Any]]:
    return [
        {
            "severity": finding.condition.severity,
            "sentence": finding.sentence,
            "runbook": finding.condition.runbook,
            "url": address_of(finding.condition.runbook),
            "alert": finding.condition.alert,
        }
        for finding in findings
    ]


def content() -> dict[str, Any]:
    now = facts()
    silent = [source for source, up in now.now.by("deltacrown_source_up", "source").items() if not up]
    return {"findings": told(conditions.find(now)), "silent": sorted(silent), "at": timezone.now()}


SECTION = Section("verdict", "Now", 0, "core/operations/verdict.html", content, database=False)
