"""What is done is not done again, and a deployment that died is written down as interrupted."""

import json
from pathlib import Path

import pytest

from deploy.deployer import history, links, source, static_files
from deploy.deployer import journal as journals
from deploy.deployer.colours import abandon, free, retire
from deploy.deployer.database import check_can_run
from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.journal import Journal
from deploy.deployer.steps import Run, Step, perform
from tests.deploy.conftest import Services, release_folder

OLD, NEW = "a" * 40, "b" * 40


@pytest.fixture
def run(site: Installation, services: Services, journal: Journal) -> Run:
    return Run(site, services, journal, NEW, release_folder(site, NEW), "green", "blue")


def test_a_step_that_is_done_is_passed_over_and_the_next_one_done(run: Run) -> None:
    done: list[str] = []
    perform(
        run,
        [
            Step("first", lambda _: done.append("first"), is_done=lambda _: True),
            Step("second", lambda _: done.append("second"), verify=lambda _: done.append("looked at")),
        ],
    )
    assert done == ["second", "looked at"]
    events = [(line["event"], line.get("name")) for line in journals.read(run.journal.path)]
    assert events == [("began", None), ("skipped", "first"), ("step", "second"), ("done", "second")]


def test_a_failed_step_ends_the_deployment(run: Run) -> None:
    done: list[str] = []

    def fail(_: Run) -> None:
        raise DeployError("no room")

    with pytest.raises(DeployError, match="no room"):
        perform(run, [Step("first", fail), Step("second", lambda _: done.append("second"))])
    assert done == []


def test_a_log_that_a_kill_cut_off_is_closed_by_the_next_one(site: Installation, journal: Journal) -> None:
    with journal.path.open("a") as file:
        file.write('{"at": "2026-11-29T1')
    assert journals.unfinished(site.deployments) == [journal.path]
    journals.close_interrupted(journal.path)
    assert journals.read(journal.path)[-1]["state"] == "interrupted"
    assert journals.unfinished(site.deployments) == []


def test_a_link_is_replaced_in_one_step_and_leaves_no_draft(tmp_path: Path) -> None:
    for name in ("blue", "green"):
        (tmp_path / name).mkdir()
        links.point(tmp_path / "live", tmp_path / name)
        assert (tmp_path / "live").resolve() == tmp_path / name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blue", "green", "live"]


def test_a_rollback_goes_to_what_was_live_before_and_not_to_what_failed(site: Installation, run: Run) -> None:
    old = release_folder(site, OLD)
    with pytest.raises(DeployError, match="no release before"):
        history.before(site, None)
    for commit in (OLD, NEW, NEW):
        run.commit, run.release = commit, site.releases / commit
        history.note(run)
    release_folder(site, "c" * 40)  # built, refused, never live
    assert history.commits(site) == [OLD, NEW]
    assert history.before(site, site.releases / NEW) == old


def test_a_rollback_to_a_deleted_release_says_how_to_get_it_back(site: Installation, run: Run) -> None:
    (site.base / "history.jsonl").write_text(json.dumps({"commit": OLD}) + "\n")
    with pytest.raises(DeployError, match=f"deploy/release {OLD[:12]}"):
        history.before(site, run.release)


def test_a_release_that_lacks_a_contraction_can_not_run_any_more(site: Installation, run: Run) -> None:
    check_can_run(run)
    taken = {"name": "teams.0042_drop", "file": "apps/teams/migrations/0042_drop.py", "commit": NEW, "at": "today"}
    (site.base / "contracted.jsonl").write_text(json.dumps(taken) + "\n")
    with pytest.raises(DeployError, match=r"teams\.0042_drop took away what it uses"):
        check_can_run(run)
    (run.release / "apps/teams/migrations").mkdir(parents=True)
    (run.release / taken["file"]).touch()
    check_can_run(run)


def test_a_colour_whose_worker_still_has_a_job_is_not_taken(
    site: Installation, run: Run, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = site.unit("celery-worker", "green")
    services.running = {busy, site.unit("gunicorn", "green")}
    services.never_end = {busy}
    with pytest.raises(DeployError, match="still ends a job of an earlier release"):
        free(run)
    assert site.release_of("green") is None
    assert not run.claimed


def test_what_failed_is_ended_but_never_what_visitors_are_on(site: Installation, run: Run, services: Services) -> None:
    free(run)
    services.running = {site.unit("gunicorn", "green"), site.unit("gunicorn", "blue")}
    links.point(site.live_link, site.run / "green")
    abandon(run)
    assert site.unit("gunicorn", "green") in services.running
    links.point(site.live_link, site.run / "blue")
    abandon(run)
    assert services.running == {site.unit("gunicorn", "blue")}


def test_the_old_colour_is_called_over_and_its_pages_stand_by(site: Installation, run: Run, services: Services) -> None:
    links.point(site.colour_link("blue"), release_folder(site, OLD))
    parts = ("gunicorn", "daphne", "celery-critical", "celery-worker", "celery-beat")
    services.running = {site.unit(part, "blue") for part in parts}
    retire(run)
    assert services.signals == [("deltacrown-daphne@blue", "USR1")]
    assert services.running == {"deltacrown-gunicorn@blue", "deltacrown-daphne@blue"}


def test_static_files_of_an_equal_release_are_linked_whole_and_shared(site: Installation, run: Run) -> None:
    old = release_folder(site, OLD)
    for release in (old, run.release):
        (release / "requirements").mkdir()
        (release / "requirements" / "base.txt").write_text("django==5.2\n")
    collected = old / "staticfiles"
    (collected / "css").mkdir(parents=True)
    (collected / "css" / "site.0123456789ab.css").write_text("a {}")
    (collected / "staticfiles.json").write_text('{"paths": {"css/site.css": "css/site.0123456789ab.css"}}')
    (collected / ".collected").write_text(static_files._key(run))
    (run.release / "staticfiles.part").mkdir()  # a kill in the middle of the last try
    static_files.collect(run)
    static_files.verify(run)
    static_files.share(run)
    shared = site.static / "css" / "site.0123456789ab.css"
    assert shared.samefile(run.release / "staticfiles" / "css" / "site.0123456789ab.css")
    assert shared.samefile(collected / "css" / "site.0123456789ab.css")
    assert not (site.static / ".collected").exists()


def test_a_file_that_the_manifest_names_and_that_is_missing_stops_the_release(site: Installation, run: Run) -> None:
    (run.release / "staticfiles").mkdir()
    (run.release / "staticfiles" / "staticfiles.json").write_text('{"paths": {"site.css": "site.0123456789ab.css"}}')
    with pytest.raises(DeployError, match=r"1 static files are missing from the release, as site\.0123456789ab\.css"):
        static_files.verify(run)


def test_older_pages_find_their_static_files_for_a_week_after_their_release(site: Installation, run: Run) -> None:
    (site.static / "gone.0123456789ab.css").write_text("a {}")
    static_files.prune(run)
    assert (site.static / "gone.0123456789ab.css").exists()


def test_old_releases_are_deleted_but_none_that_a_colour_leads_to(site: Installation, run: Run) -> None:
    for number in range(8):
        folder = release_folder(site, f"{number}" * 40)
        (folder / ".venv").symlink_to(site.environments)
    links.point(site.colour_link("blue"), site.releases / ("0" * 40))
    links.point(site.colour_link("green"), run.release)
    source.prune(run)
    left = {folder.name for folder in site.releases.iterdir()}
    assert {"0" * 40, NEW} <= left
    assert len(left) <= site.keep_releases + 2
