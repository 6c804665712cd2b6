"""Symbolic links that are replaced in one step: whoever follows one finds the old target or the new one."""

import os
import secrets
from pathlib import Path


def point(link: Path, target: Path) -> None:
    """Make ``link`` lead to ``target``, whatever it led to before."""
    link.parent.mkdir(parents=True, exist_ok=True)
    draft = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    os.symlink(target, draft)  # noqa: PTH211 - the target need not exist yet
    os.rename(draft, link)  # noqa: PTH104 - atomic, and over a link to a folder
