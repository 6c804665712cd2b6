"""Asking a release's own ``manage.py``, as the site's user."""

import json
from pathlib import Path
from typing import Any

from deploy.deployer import commands
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation

MINUTES_20 = 1200.0


def manage(
    site: Installation, release: Path, *words: str | Path, timeout: float = MINUTES_20, outlives: bool = False
) -> str:
    """Run a command of the release and return what it wrote. Raises ``DeployError``."""
    environment = {"DJANGO_SETTINGS_MODULE": "deltacrown.settings", "PYTHONDONTWRITEBYTECODE": "1"}
    for line in (release / "release.env").read_text().splitlines():
        name, _, value = line.partition("=")
        environment[name] = value
    python = release / ".venv" / "bin" / "python"
    command = [python, "-W", "ignore", "manage.py", *words]
    return commands.run(
        command, folder=release, user=site.user, environment=environment, timeout=timeout, outlives=outlives
    )


def ask(site: Installation, release: Path, *words: str | Path) -> Any:
    """Return what a command with ``--json`` says in its last line."""
    written = manage(site, release, *words)
    try:
        return json.loads(written.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise DeployError(f"manage.py {words[0]} said no JSON:\n{commands.last_lines(written)}") from None
