"""``deploy/release REF``: from a commit to visitors on it, with the old release serving until the last moment."""

from deploy.deployer import colours, database, environment, history, source, static_files
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.journal import Journal
from deploy.deployer.predeploy import predeploy
from deploy.deployer.recording import record
from deploy.deployer.steps import Run, Step, perform
from deploy.deployer.units import Units


def tidy(run: Run) -> None:
    """Delete what no kept release needs."""
    source.prune(run)
    static_files.prune(run)


PREPARE = (
    Step("code", source.take, source.is_taken),
    Step("fit for the database", database.check_can_run),
    Step("environment", environment.build, environment.is_ready, environment.verify),
    Step("static files", static_files.collect, static_files.is_collected, static_files.verify),
)
BRING_UP = (
    Step("shared static files", static_files.share),
    Step("free the other colour", colours.free),
    Step("migrations", database.migrate),
    Step("start pages and sockets", colours.start_web, verify=colours.wait_for_web),
    Step("warm up and smoke test", colours.smoke_test),
    Step("start workers and beat", colours.start_workers, verify=colours.wait_for_workers),
    Step("switch", colours.switch, colours.is_switched, colours.look_through_nginx),
)
AFTER = (
    Step("note in the history", history.note),
    Step("retire the old colour", colours.retire),
    Step("tidy up", tidy),
)


def release(site: Installation, units: Units, journal: Journal, ref: str, skip: tuple[str, ...] = ()) -> Run:
    """Release ``ref``. Raises ``DeployError``, and then the old release serves as before.

    Args:
        skip: Names of predeploy's checks that may fail this time.
    """
    source.mirror(site)
    commit = source.resolve(site, ref)
    run = Run(site, units, journal, commit, site.releases / commit, site.idle(), site.live())
    journal.note("commit", commit=commit)
    if run.live_before and site.release_of(run.live_before) == run.release:
        journal.say(f"{commit[:12]} is live already; what an interrupted deployment left is put in order.")
        run.colour = run.live_before
        colours.start_workers(run)
    else:
        try:
            perform(run, (*PREPARE, Step("predeploy", lambda run: predeploy(run, skip)), *BRING_UP))
        except (DeployError, OSError):
            colours.abandon(run)
            raise
    record(site, run.release, journal)
    perform(run, AFTER)
    return run
