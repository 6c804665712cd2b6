"""Reads the deployment log of the server into rows."""

import json
import logging
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from apps.core import audit
from apps.core.models import Deployment
from apps.core.scrubbing import scrub

logger = logging.getLogger(__name__)

LATEST = 50  # files that are read again: more never end after their time


@transaction.atomic(durable=True)
def record_deployments(*, actor: Any, folder: Path) -> list[Deployment]:
    """Write the deployments whose files are in ``folder`` as rows. Returns those that are new or have gone on.

    The log is written by the server's own programs, so this is done by nobody in particular (``actor`` None).
    """
    changed = []
    for path in sorted(folder.glob("*.jsonl"))[-LATEST:]:
        found = _read(path)
        if found is None:
            continue
        row = Deployment.objects.select_for_update().filter(pk=found.pk).first()
        if row is not None and row.state == found.state and row.steps == found.steps:
            continue
        found.save()
        changed.append(found)
        if found.state != Deployment.State.RUNNING:
            audit.record(
                actor=actor,
                action=f"deployment.{found.state}",
                target=found,
                old={},
                new={"kind": found.kind, "commit": found.commit, "ref": found.ref, "who": found.who},
            )
    return changed


def _read(path: Path) -> Deployment | None:
    """Return the deployment that a file tells of, or None when it was cut off before it said anything."""
    row = Deployment(identifier=path.stem, state=Deployment.State.RUNNING, steps=[])
    for line in path.read_text().splitlines():
        with suppress(ValueError):  # a kill cut it off
            _take(row, json.loads(line))
    return row if row.kind and row.started_at else None


def _take(row: Deployment, line: dict[str, Any]) -> None:
    event = line.get("event")
    if event == "began":
        row.kind, row.ref, row.who = line["kind"], line["ref"][:200], line["who"][:100]
        row.started_at = datetime.fromisoformat(line["at"])
    elif event == "commit":
        row.commit = line["commit"]
    elif event in {"done", "skipped"}:
        row.steps.append({"name": line["name"], "seconds": line.get("seconds")})
    elif event == "told":
        row.steps.append({"told": str(scrub(line["text"]))[:500]})
    elif event == "ended":
        row.state, row.reason = line["state"], str(scrub(line.get("reason", "")))[:5000]
        row.finished_at = datetime.fromisoformat(line["at"]) if "+" in line["at"] else row.started_at
