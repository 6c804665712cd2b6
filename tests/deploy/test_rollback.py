"""A rollback that was killed anywhere is finished by the same command, and never leads forward to what was left."""

import pytest

from deploy.deployer import colours, history, links
from deploy.deployer import journal as journals
from deploy.deployer import rollback as rollbacks
from deploy.deployer.installation import BEAT, WEB, WORKERS, Installation
from deploy.deployer.journal import Journal
from deploy.deployer.steps import Run, Step
from tests.deploy.conftest import Services, release_folder

OLD, NEW = "a" * 40, "b" * 40
PARTS = (*WEB, *WORKERS, BEAT)


class Killed(BaseException):
    """Stands for ``kill -9``: nothing of ours catches it."""


def killed(_: Run) -> None:
    raise Killed


@pytest.fixture
def before(site: Installation, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old release stands by on blue, the new one serves from green. Nobody answers on sockets here."""
    for commit, colour in ((OLD, "blue"), (NEW, "green")):
        folder = release_folder(site, commit)
        links.point(site.colour_link(colour), folder)
        history.note(Run(site, services, Journal(site.base, kind="", ref="", quiet=True), commit, folder))
    links.point(site.live_link, site.run / "green")
    services.running = {site.unit(part, "blue") for part in WEB} | {site.unit(part, "green") for part in PARTS}
    monkeypatch.setattr(colours, "complaint", lambda _: "")
    monkeypatch.setattr(rollbacks, "SWITCH", (Step("switch", colours.switch, colours.is_switched),))
    monkeypatch.setattr(rollbacks, "WORKERS", (Step("start workers and beat", colours.start_workers),))


def roll_back(site: Installation, services: Services) -> None:
    """Do what the command line does: close what died, roll back, note the end."""
    for path in journals.unfinished(site.deployments):
        journals.close_interrupted(path)
    log = Journal(site.deployments, kind="rollback", ref="", quiet=True)
    # A name begins with its second, and several of ours come within one.
    log.path = log.path.rename(site.deployments / f"{len(list(site.deployments.iterdir()))}.jsonl")
    rollbacks.rollback(site, services, log)
    log.ended("succeeded")


def serving(site: Installation) -> str:
    folder = site.release_of(site.live())
    return folder.name if folder else ""


@pytest.mark.usefixtures("before")
def test_a_rollback_leads_back_and_a_second_one_forward_again(site: Installation, services: Services) -> None:
    roll_back(site, services)
    assert serving(site) == OLD
    roll_back(site, services)
    assert serving(site) == NEW


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize("place", ["SWITCH", "NOTE", "WORKERS", "RETIRE"])
@pytest.mark.parametrize("after", [False, True])
def test_one_that_was_killed_is_finished_by_the_next(
    site: Installation, services: Services, monkeypatch: pytest.MonkeyPatch, place: str, after: bool
) -> None:
    steps, kill = getattr(rollbacks, place), (Step("killed", killed),)
    monkeypatch.setattr(rollbacks, place, (*steps, *kill) if after else kill)
    with pytest.raises(Killed):
        roll_back(site, services)
    monkeypatch.setattr(rollbacks, place, steps)
    roll_back(site, services)
    assert serving(site) == OLD
    assert history.commits(site) == [OLD, NEW, OLD]
    assert services.running == {site.unit(part, "blue") for part in PARTS} | {site.unit(part, "green") for part in WEB}
    roll_back(site, services)
    assert serving(site) == NEW
