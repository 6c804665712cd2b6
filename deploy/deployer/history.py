"""Which releases were live, in their order."""

import json
from pathlib import Path

from deploy.deployer import links
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.steps import Run

KEPT = 200


def _path(site: Installation) -> Path:
    return site.base / "history.jsonl"


def commits(site: Installation) -> list[str]:
    """Return the commits that were live, oldest first; one that was cut off by a kill is left out."""
    try:
        lines = _path(site).read_text().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(str(json.loads(line)["commit"]))
        except (ValueError, KeyError):
            continue
    return found


def note(run: Run) -> None:
    """Note that this release is live; once, however often it is noted."""
    links.point(run.site.base / "live-release", run.release)
    before = commits(run.site)
    if before[-1:] != [run.commit]:
        lines = [json.dumps({"commit": commit}) for commit in [*before[-KEPT:], run.commit]]
        draft = _path(run.site).with_suffix(".part")
        draft.write_text("\n".join(lines) + "\n")
        draft.replace(_path(run.site))


def before(site: Installation, live: Path | None) -> Path:
    """Return the release that was live before ``live``. Raises ``DeployError`` when there is none any more."""
    for commit in reversed(commits(site)):
        folder = site.releases / commit
        if folder != live:
            if not (folder / "release.env").is_file():
                raise DeployError(
                    f"The release before, {commit[:12]}, is deleted. Release it again: deploy/release {commit[:12]}"
                )
            return folder
    raise DeployError("There was no release before this one.")
