"""A release is bad when errors came with it that the one before did not have."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import ErrorGroup
from apps.core.runbooks import Level, Look, registry, running

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def release(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_DIR = tmp_path
    settings.RELEASE = "1.5.0+new"


def an_error(first_release: str, **more: Any) -> None:
    now = timezone.now()
    told = {
        "fingerprint": first_release,
        "kind": "KeyError",
        "place": "teams/views.py:7",
        "count": 12,
        "source": "django",
    }
    ErrorGroup.objects.create(
        **{**told, "first_release": first_release, "first_seen_at": now, "last_seen_at": now, **more}
    )


def test_an_error_that_is_new_with_the_release_is_named_and_the_way_back_is_told() -> None:
    an_error("1.5.0+new")
    an_error("1.4.0+old")
    found = running.diagnose(registry.named("bad-release"), Look())
    assert found.cause == "KeyError in teams/views.py:7, 12 times, is new with this release."
    assert [one.level for one in found.findings].count(Level.WRONG) == 1
    assert "deploy/rollback" in found.advice[0]
    assert found.evidence["release"] == "1.5.0+new"


def test_older_errors_and_those_of_last_week_are_not_its_fault() -> None:
    an_error("1.4.0+old")
    an_error("1.5.0+new", last_seen_at=timezone.now() - timedelta(days=7))
    found = running.diagnose(registry.named("BadRelease"), Look())
    assert found.level != Level.WRONG
    assert found.advice == []
