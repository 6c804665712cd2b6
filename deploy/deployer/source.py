"""The code of a release: an immutable folder named by its commit, out of a git mirror beside it."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

from deploy.deployer import commands
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.steps import Run


def mirror(site: Installation) -> Path:
    """Bring ``repo.git`` up to what the repository holds, and return it."""
    folder = site.base / "repo.git"
    if not (folder / "HEAD").exists():
        shutil.rmtree(folder, ignore_errors=True)
        commands.run(["git", "clone", "--quiet", "--mirror", site.repository, folder])
    git(site, "remote", "set-url", "origin", site.repository)
    git(site, "fetch", "--quiet", "--prune", "--tags", "--force", "origin")
    return folder


def git(site: Installation, *words: str) -> str:
    return commands.run(["git", "-c", "safe.directory=*", "-C", site.base / "repo.git", *words]).strip()


def resolve(site: Installation, ref: str) -> str:
    """Return the commit that ``ref`` names: a tag, a branch or a commit. Raises ``DeployError``."""
    for name in (f"refs/tags/{ref}", f"refs/heads/{ref}", ref):
        try:
            commit = git(site, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except DeployError:
            continue
        if site.signed_tags:
            git(site, "verify-tag", ref)
        return commit
    raise DeployError(f"{ref} is no tag, branch or commit of {site.repository}.")


def is_taken(run: Run) -> bool:
    return (run.release / "release.env").is_file()


def take(run: Run) -> None:
    """Write the commit's files into a draft and give it its name when it is whole."""
    draft = run.release.with_name(f"{run.release.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    repository = run.site.base / "repo.git"
    words = ["git", "-c", "safe.directory=*", "-c", "tar.umask=0022", "-C", str(repository), "archive", "--format=tar"]
    words.append(run.commit)
    with subprocess.Popen(words, stdout=subprocess.PIPE) as archive:  # noqa: S603 - our own words
        try:
            with tarfile.open(fileobj=archive.stdout, mode="r|") as files:
                # Debian 12's Python (3.11.2) has no filters; it is our own repository all the same.
                files.extraction_filter = getattr(tarfile, "tar_filter", None)
                files.extractall(draft)  # noqa: S202 - out of our own git archive
        except (tarfile.TarError, OSError) as error:
            archive.kill()
            raise DeployError(f"The files of {run.commit[:12]} could not be written: {error}.") from None
    if archive.returncode:
        raise DeployError(f"git archive of {run.commit[:12]} failed ({archive.returncode}).")
    os.symlink(run.site.state, draft / "var")  # noqa: PTH211 - as os.rename below
    os.symlink(run.site.environment_file, draft / ".env")  # noqa: PTH211 - secrets live in one place
    (draft / "release.env").write_text(f"RELEASE={version(draft)}+{run.commit[:12]}\n")
    # What nobody may write to later is compiled now: every process would compile it anew at its start.
    commands.run([sys.executable, "-m", "compileall", "-q", "-j", "0", "apps", "deltacrown"], folder=draft)
    draft.rename(run.release)


def version(folder: Path) -> str:
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def prune(run: Run) -> None:
    """Delete releases that nothing uses any more, oldest first, and environments that no release leads to."""
    site = run.site
    used = {site.release_of("blue"), site.release_of("green"), run.release}
    kept = sorted(
        (folder for folder in site.releases.iterdir() if (folder / "release.env").is_file()),
        key=lambda folder: (folder / "release.env").stat().st_mtime,
        reverse=True,
    )[: site.keep_releases]
    for folder in site.releases.iterdir():
        if folder not in used and folder not in kept:
            commands.run(["chmod", "-R", "u+w", folder])
            shutil.rmtree(folder)
            run.journal.say(f"deleted release {folder.name[:12]}")
    wanted = {Path(os.path.realpath(folder / ".venv")) for folder in site.releases.iterdir()}
    for folder in site.environments.iterdir():
        if folder not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
