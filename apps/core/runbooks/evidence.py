"""Keeps what was seen before anything is changed: a file for each look, without secrets, readable by its owner only."""

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.core.scrubbing import scrub

KEPT = 200


def save(slug: str, told: dict[str, Any]) -> Path | None:
    """Write ``told`` beside the site's data, or in memory when that disk is full, and return where; None when nowhere.

    What was seen must not be lost for want of a place to put it, nor stop the look.
    """
    name = f"{slug}-{timezone.now():%Y%m%dT%H%M%S.%f}.json"
    text = json.dumps(scrub(told, depth=12), indent=1, default=_as_text, ensure_ascii=False)
    for folder in (Path(settings.EVIDENCE_DIR), Path("/dev/shm/deltacrown-evidence"), Path(tempfile.gettempdir())):  # noqa: S108 - a folder of ours in memory, for when every disk is full
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
        except OSError:
            continue
        _forget_old(folder)
        return path
    return None


def _forget_old(folder: Path) -> None:
    mine = sorted(folder.glob("*-*T*.json"), key=lambda path: path.name.rsplit("-", 1)[-1])
    for path in mine[:-KEPT]:
        path.unlink(missing_ok=True)


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
