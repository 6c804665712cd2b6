"""Static files that the site serves itself, where no nginx does."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.core.middleware.static_files import StaticFilesMiddleware

pytestmark = pytest.mark.django_db


def test_a_file_that_went_away_since_the_start_is_not_found_and_no_failure(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "stays.css").write_text("body {}")
    (tmp_path / "goes.css").write_text("body {}")
    settings.STATIC_ROOT, settings.STATIC_URL = tmp_path, "/static/"
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    client.get("/healthz")  # the middleware reads the folder once
    (tmp_path / "goes.css").unlink()
    assert client.get("/static/stays.css").status_code == 200
    answer = client.get("/static/goes.css")
    assert (answer.status_code, answer.content) == (404, b"This file is not here any more.")


def test_other_addresses_are_no_business_of_it() -> None:
    passed = StaticFilesMiddleware(lambda request: HttpResponse("the site"))
    assert passed(RequestFactory().get("/teams/")).content == b"the site"
