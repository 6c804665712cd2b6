"""The status tells a deployment that runs from one that died without a word."""

from deploy.deployer import lock, status
from deploy.deployer.installation import Installation
from deploy.deployer.journal import Journal
from tests.deploy.conftest import Services


def test_a_deployment_without_an_end_runs_only_while_somebody_holds_the_lock(
    site: Installation, services: Services, journal: Journal
) -> None:
    with lock.held(site.base / "deploy.lock", "release main"):
        assert status.collect(site, services)["latest"][-1]["state"] == "running"
    assert status.collect(site, services)["latest"][-1]["state"] == "interrupted"
    journal.ended("succeeded")
    assert status.collect(site, services)["latest"][-1]["state"] == "succeeded"
