"""Closing the site for visitors: a file that every process looks for, so that it works without any server."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)


def closed_since() -> str | None:
    """Return since when the site is closed, or None."""
    try:
        return _flag().read_text().strip() or "an unknown time"
    except FileNotFoundError:
        return None


def close(*, actor: Any = None) -> str:
    """Close the site. Returns since when it is closed; one that is closed stays so since then."""
    if since := closed_since():
        return since
    _flag().parent.mkdir(parents=True, exist_ok=True)
    since = f"{datetime.now(UTC):%F %T} UTC"
    draft = _flag().with_suffix(".part")
    draft.write_text(since)
    draft.replace(_flag())
    logger.warning("The site is closed for maintenance", extra={"actor_id": getattr(actor, "pk", None)})
    return since


def open_again(*, actor: Any = None) -> bool:
    """Open the site. Returns whether it was closed."""
    was_closed = closed_since() is not None
    _flag().unlink(missing_ok=True)
    if was_closed:
        logger.warning("The site is open again", extra={"actor_id": getattr(actor, "pk", None)})
    return was_closed


def _flag() -> Path:
    return Path(settings.MAINTENANCE_FILE)
