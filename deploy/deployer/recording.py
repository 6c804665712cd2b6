"""Deployments as rows that operators see in the admin, as soon as there is a database that can take them."""

from pathlib import Path

from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.journal import Journal
from deploy.deployer.manage import manage

SECONDS = 60


def record(site: Installation, release: Path | None, journal: Journal) -> None:
    """Have a release write what the deployment log holds. The log stays when that fails; it is read again next time."""
    if release is None or not (release / ".venv").exists():
        return
    try:
        manage(site, release, "deployments", "record", str(site.deployments), timeout=SECONDS)
    except DeployError as error:
        journal.say(f"The deployment is not in the database yet: {str(error).splitlines()[0]}")
