"""``deploy/rollback``: visitors back on the release before, first; its workers after that."""

import time
from pathlib import Path

from deploy.deployer import colours, database, history
from deploy.deployer import journal as journals
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import WEB, Installation
from deploy.deployer.journal import Journal
from deploy.deployer.recording import record
from deploy.deployer.steps import Run, Step, perform
from deploy.deployer.units import Units

START = (
    Step("free the other colour", colours.free),
    Step("start pages and sockets", colours.start_web, verify=colours.wait_for_web),
)
SWITCH = (Step("switch", colours.switch, colours.is_switched, colours.look_through_nginx),)
NOTE = (Step("note in the history", history.note),)
WORKERS = (Step("start workers and beat", colours.start_workers, verify=colours.wait_for_workers),)
RETIRE = (Step("retire the other release", colours.retire),)


def rollback(site: Installation, units: Units, journal: Journal) -> Run:
    """Go back to the release that was live before. Raises ``DeployError``, and then nothing has changed."""
    live = site.live()
    serving = site.release_of(live) if live else None
    if serving is not None and _was_cut_off(journal, serving.name):
        journal.note("commit", commit=serving.name)
        journal.say(f"Visitors are on {serving.name[:12]} already; what an interrupted rollback left is put in order.")
        run = Run(site, units, journal, serving.name, serving, live, live)
    else:
        run = _lead_back(site, units, journal, history.before(site, serving))
    perform(run, NOTE)
    try:
        perform(run, (*WORKERS, *RETIRE))
    except DeployError as error:
        # Visitors are where they should be. The other release's workers understand these jobs too, and go on.
        journal.say(f"Workers of {run.colour} do not run yet, those of {colours.other(run.colour)} go on: {error}")
    record(site, run.release, journal)
    return run


def _was_cut_off(journal: Journal, live: str) -> bool:
    """Whether the last deployment was a rollback to the release that serves, killed after the switch."""
    before = sorted(path for path in journal.path.parent.glob("*.jsonl") if path != journal.path)
    facts = {key: value for line in journals.read(before[-1]) for key, value in line.items()} if before else {}
    return (facts.get("kind"), facts.get("state"), facts.get("commit")) == ("rollback", "interrupted", live)


def _lead_back(site: Installation, units: Units, journal: Journal, target: Path) -> Run:
    began = time.monotonic()
    run = Run(site, units, journal, target.name, target, site.idle(), site.live())
    journal.note("commit", commit=target.name)
    perform(run, [Step("fit for the database", database.check_can_run)])
    try:
        if not stands_by(run):
            perform(run, START)
        perform(run, SWITCH)
    except (DeployError, OSError):
        colours.abandon(run)
        raise
    journal.say(f"Visitors are on {target.name[:12]} again after {time.monotonic() - began:.1f} s.")
    return run


def stands_by(run: Run) -> bool:
    """Whether the idle colour still runs the pages of the release that is wanted, and is ready."""
    if run.site.release_of(run.colour) != run.release:
        return False
    return all(run.units.is_active(run.site.unit(part, run.colour)) for part in WEB) and not colours.complaint(run)
