"""Static files: collected into the release, and linked into the folder that nginx serves for all kept releases.

A page that somebody opened under an older release goes on finding its style sheets by their hashed names.
"""

import hashlib
import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from deploy.deployer import commands
from deploy.deployer.errors import DeployError
from deploy.deployer.manage import manage
from deploy.deployer.steps import Run

MANIFEST = "staticfiles.json"
COLLECTED = ".collected"
INPUTS = (
    "static/**/*",
    "apps/*/static/**/*",
    "apps/siteui/bundle.py",
    "apps/common/static_storage.py",
    "deltacrown/settings.py",
)
OLD_SECONDS = 7 * 86400  # a page may lie open for a week


def is_collected(run: Run) -> bool:
    return (run.release / "staticfiles" / COLLECTED).is_file()


def collect(run: Run) -> None:
    """Collect into the release, which after that nobody can change."""
    folder = run.release / "staticfiles"
    shutil.rmtree(folder, ignore_errors=True)
    key = _key(run)
    for other in run.site.releases.glob(f"*/staticfiles/{COLLECTED}"):
        if other.read_text() == key:
            _copy(other.parent, folder)
            return
    folder.mkdir()
    if os.geteuid() == 0 and commands.as_user(run.site.user):
        shutil.chown(folder, run.site.user)
    manage(run.site, run.release, "collectstatic", "--noinput", "--verbosity", "0")
    if os.geteuid() == 0:
        commands.run(["chown", "-R", "root:root", folder])
    (folder / COLLECTED).write_text(key)


def _copy(there: Path, folder: Path) -> None:
    """Link the files of another release, and give the folder its name when all are there."""
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    commands.run(["cp", "-al", there, draft])
    draft.rename(folder)


def _key(run: Run) -> str:
    """Return what the collected files depend on: two releases with the same have the same files."""
    digest = hashlib.sha256((run.release / "requirements" / "base.txt").read_bytes())
    for path in sorted(path for place in INPUTS for path in run.release.glob(place) if path.is_file()):
        digest.update(str(path.relative_to(run.release)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def verify(run: Run) -> None:
    """Every file of the manifest is there. With S3 the manifest is in the bucket, and predeploy asks for it."""
    folder = run.release / "staticfiles"
    if not (folder / MANIFEST).is_file():
        return
    named = json.loads((folder / MANIFEST).read_text())["paths"].values()
    missing = [name for name in named if not (folder / name).is_file()]
    if missing:
        raise DeployError(f"{len(missing)} static files are missing from the release, as {missing[0]}.")


def share(run: Run) -> None:
    """Link the release's files into the common folder. A name without a hash leads to the newest."""
    folder = run.release / "staticfiles"
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name == COLLECTED:
            continue
        there = run.site.static / path.relative_to(folder)
        there.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            if there.samefile(path):
                continue
        draft = there.with_name(f".{there.name}.part")
        draft.unlink(missing_ok=True)
        os.link(path, draft)
        draft.replace(there)


def prune(run: Run) -> None:
    """Delete shared files that no kept release has and that are older than a week."""
    kept: set[Path] = set()
    for release in run.site.releases.iterdir():
        folder = release / "staticfiles"
        kept.update(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    old = time.time() - OLD_SECONDS
    for path in run.site.static.rglob("*"):
        if path.is_file() and path.relative_to(run.site.static) not in kept and path.stat().st_ctime < old:
            path.unlink()
