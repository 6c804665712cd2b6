import subprocess
import sys

import pytest
from django.db import DataError, OperationalError

from deltacrown.local import child
from deltacrown.local.advice import how_to_start
from deltacrown.local.state import ROOT
from tests.local.test_run import PLAIN

REFUSED = OperationalError(
    'connection failed: connection to server at "127.0.0.1", port 5432 failed: Connection refused'
)


def test_in_development_a_missing_database_comes_with_the_way_to_start_it(settings):
    settings.ENVIRONMENT = "development"

    advice = how_to_start(REFUSED)

    assert advice.startswith("No PostgreSQL answers on 127.0.0.1:")
    assert "`make run`, or alone with `make servers`" in advice


@pytest.mark.parametrize("error", [OperationalError("deadlock detected"), DataError("value too long")])
def test_other_errors_stay_as_they_are(settings, error):
    settings.ENVIRONMENT = "development"

    assert how_to_start(error) is None


def test_production_is_not_told_about_make_run(settings):
    settings.ENVIRONMENT = "production"

    assert how_to_start(REFUSED) is None


@pytest.mark.slow
def test_a_command_without_a_database_ends_with_advice_instead_of_a_traceback():
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations"],
        cwd=ROOT,
        env=PLAIN | {"DB_HOST": "127.0.0.1", "DB_PORT": str(child.free_port())},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "Start the servers of this checkout with `make run`" in done.stderr
    assert "Traceback" not in done.stderr
