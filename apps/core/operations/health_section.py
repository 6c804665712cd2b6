"""The first section: whether each server that the site leans on answers."""

from typing import Any

from apps.core import health
from apps.core.operations.sections import Section


def content() -> dict[str, Any]:
    return {"report": health.report(), **health.version()}


SECTION = Section("health", "Services", 10, "core/operations/health.html", content, database=False)
