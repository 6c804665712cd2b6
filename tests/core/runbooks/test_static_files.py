"""Static files that are missing are named and collected again, and no file of another release is deleted."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.core.runbooks import Look, registry, running
from apps.core.runbooks.running import HEALTHY, WRONG


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """Three small files, collected as production does it."""
    sources = tmp_path / "sources" / "shop"
    sources.mkdir(parents=True)
    (sources / "shop.css").write_text("body { background: url('dot.png'); }")
    (sources / "dot.png").write_bytes(b"dot")
    (sources / "shop.js").write_text("export const one = 1;")
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "apps.common.static_storage.HashedStorage"},
    }
    (tmp_path / "sources" / ".gitkeep").write_text("")  # what collectstatic leaves out is not missing
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static"


def run(*, fix: bool) -> running.Outcome:
    return running.run(registry.named("static-files"), Look(deep=False), fix=fix)


def test_collected_files_are_well_and_compressed(collected: Path) -> None:
    assert run(fix=True).status == HEALTHY
    [css] = collected.glob("shop/shop.????????????.css")
    assert "dot." in css.read_text()


def test_a_missing_file_is_named_and_comes_back(collected: Path) -> None:
    other = collected / "shop" / "shop.0123456789ab.css"
    other.write_text("of the release before")
    [css] = [path for path in collected.glob("shop/shop.????????????.css") if path != other]
    css.unlink()
    outcome = run(fix=False)
    assert outcome.status == WRONG
    assert f"1 of 3 files that the manifest names are missing, as shop/{css.name}" in outcome.before.cause
    assert not css.exists()
    assert run(fix=True).status == HEALTHY
    assert css.exists()
    assert other.exists()  # pages that are open still ask for it


def test_a_missing_manifest_is_named_and_made(collected: Path) -> None:
    (collected / "staticfiles.json").unlink()
    outcome = run(fix=True)
    assert outcome.before.cause == "There is no manifest of static files: collectstatic has not run in this release."
    assert outcome.status == HEALTHY


def test_a_damaged_manifest_is_told(collected: Path) -> None:
    (collected / "staticfiles.json").write_text("{")
    assert run(fix=False).before.cause.startswith("The manifest of the static files is damaged")
    assert run(fix=True).status == HEALTHY


def test_a_file_that_was_never_collected_is_named(collected: Path, settings: Any) -> None:
    (Path(settings.STATICFILES_DIRS[0]) / "shop" / "new.js").write_text("1;")
    outcome = run(fix=True)
    assert outcome.before.cause == "1 files of this release were never collected, as shop/new.js."
    assert outcome.status == HEALTHY


def test_a_file_that_nginx_may_not_read_is_named(collected: Path) -> None:
    [css] = collected.glob("shop/shop.????????????.css")
    css.chmod(0o600)
    assert "cannot be read by nginx" in run(fix=False).before.cause
