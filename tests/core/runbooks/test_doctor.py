"""The doctor looks at everything in seconds, also when what is looked at is away or hangs."""

import io
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from apps.core.health import readiness
from apps.core.runbooks import Diagnosis, Level, Look, Runbook, doctor, registry
from tests.core.test_health import Line, closed_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asked_anew(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.EVIDENCE_DIR = tmp_path
    readiness.probes.cache_clear()
    readiness.latest.forget()
    yield
    readiness.probes.cache_clear()
    readiness.latest.forget()


def levels(seconds: float = 20.0) -> dict[str, Level]:
    return {each.runbook.slug: each.diagnosis.level for each in doctor.visit(seconds=seconds)}


def test_it_looks_at_every_runbook() -> None:
    visits = doctor.visit(seconds=30)
    assert [each.runbook.slug for each in visits] == [each.slug for each in registry.every()]
    assert all(each.diagnosis.findings for each in visits)


def test_a_check_that_hangs_is_unclear_and_costs_no_other_its_answer() -> None:
    go_on = threading.Event()

    def hang(diagnosis: Diagnosis, look: Look) -> None:
        go_on.wait(60)
        diagnosis.ok("Late.")

    registry.register(Runbook("zz-hangs", "It hangs", hang))
    try:
        visits = {each.runbook.slug: each for each in doctor.visit(seconds=1.0)}
        assert visits["zz-hangs"].diagnosis.cause == "No answer within 1 seconds: what it asks hangs."
        assert len(visits) == len(registry.every())
        assert "doctor-zz-hangs" in doctor.waiting()
    finally:
        go_on.set()
        del registry._known["zz-hangs"]


def test_with_postgresql_down_it_says_so_and_looks_at_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", closed_port())
    found = levels()
    assert found["database-down"] == Level.WRONG
    assert found["database-connections"] == Level.UNKNOWN
    assert found["disk-full"] in (Level.OK, Level.NOTE, Level.WRONG)
    assert found["redis-down"] == Level.OK


def test_with_redis_down_or_hanging_it_says_which(settings: Any) -> None:
    hanging = Line()
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{hanging.port}/0"
    began = time.monotonic()
    found = {each.runbook.slug: each for each in doctor.visit(seconds=20)}
    assert time.monotonic() - began < 20
    hanging.close()
    assert found["redis-down"].diagnosis.level == Level.WRONG
    assert "Redis of broker accepts connections but does not answer" in found["redis-down"].diagnosis.cause
    assert found["worker-stuck"].diagnosis.level == Level.WRONG


def test_the_command_names_the_runbooks_to_begin_with(settings: Any) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{closed_port()}/0"
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--seconds", "30", stdout=out)
    assert end.value.code == 1
    assert "WRONG   redis-down" in out.getvalue()
    assert "  manage.py runbook redis-down" in out.getvalue()
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--json", "--seconds", "30", stdout=out)
    told = json.loads(out.getvalue())
    assert told["level"] == "wrong"
    assert told["checks"]["redis-down"]["findings"][0]["level"] in ("ok", "wrong")
