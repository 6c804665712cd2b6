"""A release's Python environment: built from pinned hashes, shared by releases that pin the same, never changed."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from deploy.deployer import commands, links
from deploy.deployer.errors import DeployError
from deploy.deployer.steps import Run

READY = "ready"


def folder_for(run: Run) -> Path:
    """Return where the environment of this release is: one folder for each list of hashes and each Python."""
    if run.site.python:
        return Path(run.site.python)
    requirements = run.release / "requirements" / "base.txt"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    return run.site.environments / digest[:24]


def is_ready(run: Run) -> bool:
    link = run.release / ".venv"
    folder = folder_for(run)
    return link.is_symlink() and link.resolve() == folder.resolve() and _is_whole(run, folder)


def _is_whole(run: Run, folder: Path) -> bool:
    return bool(run.site.python) or (folder / READY).is_file()


def build(run: Run) -> None:
    """Build it in its final place, because its scripts hold the path; a mark at the end says that it is whole."""
    folder = folder_for(run)
    if not _is_whole(run, folder):
        shutil.rmtree(folder, ignore_errors=True)
        commands.run([sys.executable, "-m", "venv", folder])
        python = folder / "bin" / "python"
        wheels = {"PIP_CACHE_DIR": str(run.site.base / "wheels"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        words = ["install", "--quiet", "--no-input", "--require-hashes", "--only-binary=:all:", "--no-compile"]
        requirements = run.release / "requirements" / "base.txt"
        commands.run([python, "-m", "pip", *words, "-r", requirements], environment=wheels, timeout=1800)
        run.journal.say("compiling")
        _compile([python, "-m", "compileall", "-q", "-j", "0", "-x", "/tests?/", folder / "lib"])
        (folder / READY).touch()
    links.point(run.release / ".venv", folder)


def verify(run: Run) -> None:
    python = run.release / ".venv" / "bin" / "python"
    commands.run([python, "-c", "import django, gunicorn, daphne, celery"], user=run.site.user, folder=run.release)
    if not os.access(python, os.X_OK):
        raise DeployError(f"{python} can't be run by {run.site.user}.")


def _compile(words: list[str | Path]) -> None:
    try:
        commands.run(words, timeout=1800)
    except DeployError:
        return  # a sample inside a package may not compile, and is never run
