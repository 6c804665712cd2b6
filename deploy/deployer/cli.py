"""The command lines of install, release, rollback, status."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from deploy.deployer import journal as journals
from deploy.deployer import lock, recording, status, units
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation, load
from deploy.deployer.installing import command as installing
from deploy.deployer.journal import Journal
from deploy.deployer.release import release
from deploy.deployer.rollback import rollback
from deploy.deployer.steps import Run
from deploy.deployer.terminal import complain, say
from deploy.deployer.units import Units
from deploy.deployer.units.own import OwnUnits

DESCRIPTIONS = {
    "install": "From a bare Debian, or an empty folder, to an installation that waits for its first release. "
    "Run it again to mend or to change settings.",
    "release": "Put a release before visitors without losing one request; the old one serves until the last moment.",
    "rollback": "Put visitors back on the release that was live before.",
    "stop": "End every service of an installation that systemd does not run: for tests and for the end of a trial.",
    "status": "What serves, what stands by, who deploys, and what happened lately. Exit status 1 when it is not well.",
}


def main(command: str) -> int:
    """Run a command. Returns the exit status: 0 when it did what was asked."""
    parser = ArgumentParser(prog=f"deploy/{command}", description=DESCRIPTIONS[command])
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the installation is, when not in /")
    parser.add_argument("--name", default="deltacrown", help="its name, when it is not the only one, as for staging")
    if command == "install":
        installing.arguments(parser)
    elif command == "release":
        parser.add_argument("ref", help="a tag, a branch or a commit")
        parser.add_argument(
            "--skip", action="append", default=[], metavar="CHECK", help="a predeploy check that may fail"
        )
    elif command == "status":
        parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.umask(0o022)
    try:
        return _do(command, options)
    except DeployError as error:
        complain(f"\n{error}")
    except KeyboardInterrupt:
        complain("\nStopped. Run the same command again to go on.")
    return 1


def _do(command: str, options: Namespace) -> int:
    root = options.root.resolve()
    if command == "install":
        return installing.install(root, options.name, options)
    site = load(root, options.name)
    services = units.of(site)
    if command == "stop":
        return stop(services)
    if command == "status":
        return status.show(site, services, as_json=options.json)
    if command == "release":
        skip = tuple(options.skip)
        return _deploy(site, command, options.ref, lambda journal: release(site, services, journal, options.ref, skip))
    return _deploy(site, command, "", lambda journal: rollback(site, services, journal))


def _deploy(site: Installation, kind: str, ref: str, act: Callable[[Journal], Run]) -> int:
    """Deploy under the lock, with a log from the first to the last word."""
    with lock.held(site.base / "deploy.lock", f"{kind} {ref}".strip()):
        for path in journals.unfinished(site.deployments):
            journals.close_interrupted(path)
        journal = Journal(site.deployments, kind=kind, ref=ref)
        try:
            run = act(journal)
        except (DeployError, OSError) as error:
            journal.ended("failed", _told(error))
            recording.record(site, site.release_of(site.live()) if site.live() else None, journal)
            complain(f"\n✗ {_told(error)}\n\nNot released. {_still(site)} The log is {journal.path}.")
            return 1
        except KeyboardInterrupt:
            journal.ended("interrupted", "Stopped from the keyboard.")
            raise
        journal.ended("succeeded", commit=run.commit[:12])
        recording.record(site, run.release, journal)
        say(f"✓ {run.commit[:12]} is live on {run.colour}.")
    return 0


def stop(services: Units) -> int:
    """End what our own supervisor runs, the servers last."""
    if not isinstance(services, OwnUnits):
        raise DeployError("systemd runs these services: systemctl stop 'deltacrown-*' ends them.")
    running = services.running()
    servers = [unit for unit in running if unit.partition("-")[2].startswith(("postgresql", "redis"))]
    for group in ([unit for unit in running if unit not in servers], servers):
        for unit in group:
            services.stop(unit, wait=0)
        for unit in group:
            if not services.stop(unit, wait=60):
                services.kill(unit)
    say(f"{len(running)} services ended.")
    return 0


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, DeployError) else f"{type(error).__name__}: {error}"


def _still(site: Installation) -> str:
    folder = site.release_of(site.live()) if site.live() else None
    return f"{folder.name[:12]} serves as before." if folder else "Nothing served before."
