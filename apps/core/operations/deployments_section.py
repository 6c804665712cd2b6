"""What was deployed lately, and what each step took."""

from typing import Any

from apps.core import health
from apps.core.models import Deployment
from apps.core.operations.sections import Section

SHOWN = 8


def content() -> dict[str, Any]:
    rows = list(Deployment.objects.all()[:SHOWN])
    return {"deployments": [_line(row) for row in rows], **health.version()}


def _line(row: Deployment) -> dict[str, Any]:
    seconds = (row.finished_at - row.started_at).total_seconds() if row.finished_at else None
    timed = [step for step in row.steps if step.get("seconds")]
    slowest = max(timed, key=lambda step: step["seconds"], default=None)
    return {"row": row, "seconds": seconds, "slowest": slowest, "reason": row.reason.split("\n", 1)[0]}


SECTION = Section("deployments", "Deployments", 70, "core/operations/deployments.html", content)
