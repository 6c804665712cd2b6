"""``deploy/rollback``: visitors back on the release before, first; its workers after that."""

import time

from deploy.deployer import colours, database, history
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
    began = time.monotonic()
    live = site.live()
    target = history.before(site, site.release_of(live) if live else None)
    run = Run(site, units, journal, target.name, target, site.idle(), live)
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
    perform(run, NOTE)
    try:
        perform(run, (*WORKERS, *RETIRE))
    except DeployError as error:
        # Visitors are where they should be. The other release's workers understand these jobs too, and go on.
        journal.say(f"Workers of {run.colour} do not run yet, those of {colours.other(run.colour)} go on: {error}")
    record(site, run.release, journal)
    return run


def stands_by(run: Run) -> bool:
    """Whether the idle colour still runs the pages of the release that is wanted, and is ready."""
    if run.site.release_of(run.colour) != run.release:
        return False
    return all(run.units.is_active(run.site.unit(part, run.colour)) for part in WEB) and not colours.complaint(run)
