"""A failure is one row of the list, whoever it met: a page, the API, a job. Without Sentry nobody misses it."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from apps.core import context
from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.failures import grouping, operations, store
from apps.core.failures.writer import WAITING, Writer, writer
from apps.core.jobs import enqueue
from apps.core.models import AuditEvent, ErrorGroup, ErrorSighting, Job, SlowQuery
from tests.core import job_tasks  # noqa: F401 - registers the tasks
from tests.core.test_jobs_operations import person

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "quote-me-12345678"


def fail(request: HttpRequest, what: str) -> HttpResponse:
    if what == "value":
        raise ValueError(f"no such thing: {request.GET.get('q', '')!r}")
    if what == "key":
        return HttpResponse({}["missing"])
    raise PermissionRefused("Only the captain can.")


urlpatterns = [path("fail/<what>/", fail, name="fail"), path("", include("deltacrown.urls"))]
handler500 = "apps.core.views.errors.server_error"


@pytest.fixture(autouse=True)
def listing(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.FAILURE_LIST = True
    settings.ADMIN_REQUIRE_MFA = False
    settings.RELEASE = "1.4.0+3f2a9c1"
    yield
    writer.flush(10)


def visit(what: str, number: str = NUMBER, **query: str) -> HttpResponse:
    client = Client(raise_request_exception=False, headers={"X-Request-ID": number})
    answer = client.get(f"/fail/{what}/", query)
    writer.flush(10)
    return answer


def test_a_page_that_fails_is_one_row_with_its_line_and_its_number() -> None:
    assert visit("value").status_code == 500
    group = ErrorGroup.objects.get()
    assert (group.kind, group.count, group.route) == ("ValueError", 1, "fail")
    assert group.place == "tests/core/failures/test_error_list.py in fail"
    assert (group.request_id, group.first_release) == (NUMBER, "1.4.0+3f2a9c1")
    assert "raise ValueError" in group.trace


def test_the_same_failure_again_is_counted_and_another_is_another_row() -> None:
    visit("value", q="first")
    visit("value", "quote-me-87654321", q="second")
    visit("key")
    assert sorted(ErrorGroup.objects.values_list("kind", "count")) == [("KeyError", 1), ("ValueError", 2)]
    assert ErrorGroup.objects.get(kind="ValueError").request_id == "quote-me-87654321"
    assert set(ErrorSighting.objects.values_list("request_id", flat=True)) == {NUMBER, "quote-me-87654321"}


def test_a_refusal_is_no_failure() -> None:
    assert visit("refusal").status_code == 403
    assert not ErrorGroup.objects.exists()


def test_the_number_on_the_page_finds_the_error_in_the_admin(client: Client) -> None:
    answer = visit("value")
    assert f"<code>{NUMBER}</code>" in answer.content.decode()
    visit("value", "somebody-else-1234")
    client.force_login(person("view_errorgroup"))
    page = client.get("/admin/core/errorgroup/", {"q": NUMBER}).content.decode()
    assert "test_error_list.py in fail" in page
    assert "test_error_list.py" not in client.get("/admin/core/errorgroup/", {"q": "unknown-1234"}).content.decode()
    detail = client.get(f"/admin/core/errorgroup/{ErrorGroup.objects.get().pk}/change/").content.decode()
    assert "somebody-else-1234" in detail
    assert NUMBER in detail


def test_a_job_that_fails_for_good_is_one_row_with_its_job() -> None:
    with context.bind(request_id=NUMBER):
        job = enqueue("tests.refuse")
    writer.flush(10)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    group = ErrorGroup.objects.get()
    assert (group.count, group.task_id, group.request_id) == (1, str(job.pk), NUMBER)


def test_an_error_line_without_an_exception_is_a_row_and_lines_alike_are_one() -> None:
    log = logging.getLogger("apps.somewhere")
    log.error("Job %s is given up: it has lost %d workers", 17, 3)
    log.error("Job %s is given up: it has lost %d workers", 18, 3)
    log.warning("Nothing to see")
    writer.flush(10)
    [group] = ErrorGroup.objects.all()
    assert (group.count, group.source, group.message) == (
        2,
        "apps.somewhere",
        "Job 18 is given up: it has lost 3 workers",
    )


def test_with_sentry_the_list_stays_empty(settings: Any) -> None:
    settings.SENTRY_DSN = "https://key@sentry.example.com/1"
    visit("value")
    assert not ErrorGroup.objects.exists()


def test_what_strangers_cause_at_will_is_no_failure_of_ours() -> None:
    Client(raise_request_exception=False).get("/", headers={"Host": "evil.example"})
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header")
    writer.flush(10)
    assert not ErrorGroup.objects.exists()


def test_the_list_is_bounded_and_keeps_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_ERRORS", 3)
    monkeypatch.setattr(store, "MOST_SIGHTINGS", 2)
    now = timezone.now()
    for number in range(6):
        failure = grouping.of_message(f"failure {'x' * number}", f"failure {'x' * number}", "apps.test")
        store.note_failure(failure, context.Context(request_id=f"number-{number:04}"), now + timedelta(seconds=number))
    assert list(ErrorGroup.objects.values_list("message", flat=True)) == [f"failure {'x' * n}" for n in (5, 4, 3)]
    assert ErrorSighting.objects.count() == 2


def test_many_failures_at_once_are_counted_exactly() -> None:
    failure = grouping.of_message("boom", "boom", "apps.test")

    def note() -> None:
        from django.db import connection

        store.note_failure(failure, context.Context(), timezone.now())
        connection.close()

    threads = [threading.Thread(target=note) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ErrorGroup.objects.get().count == 8


def test_a_storm_fills_no_memory_and_holds_nobody_up() -> None:
    own, gate = Writer(), threading.Event()
    done: list[int] = []
    own.put(lambda: gate.wait(30))
    for number in range(WAITING * 2):
        own.put(lambda number=number: done.append(number))  # type: ignore[misc] # bound now
    gate.set()
    own.flush(20)
    assert len(done) <= WAITING + 1


# --- Resolving --------------------------------------------------------------------------------------------------------


def test_a_resolved_error_opens_again_when_it_comes_back() -> None:
    visit("value")
    actor = person("view_errorgroup", "resolve_error")
    group = operations.resolve(actor=actor, error_id=ErrorGroup.objects.get().pk)
    assert group.resolved_at is not None
    assert AuditEvent.objects.get().action == "error.resolved"
    visit("value")
    group.refresh_from_db()
    assert (group.resolved_at, group.count) == (None, 2)


def test_only_who_may_can_resolve_and_once() -> None:
    visit("value")
    error_id = ErrorGroup.objects.get().pk
    with pytest.raises(PermissionRefused, match="Can mark errors as resolved"):
        operations.resolve(actor=person("view_errorgroup"), error_id=error_id)
    assert ErrorGroup.objects.get().resolved_at is None
    with pytest.raises(NotFound):
        operations.resolve(actor=None, error_id=0)
    operations.resolve(actor=None, error_id=error_id)
    with pytest.raises(Conflict):
        operations.resolve(actor=None, error_id=error_id)
    assert AuditEvent.objects.count() == 1


def test_the_admin_resolves_by_the_same_service(client: Client) -> None:
    visit("value")
    group = ErrorGroup.objects.get()
    client.force_login(person("view_errorgroup", "resolve_error"))
    client.post("/admin/core/errorgroup/", {"action": "resolve", "_selected_action": [group.pk]})
    group.refresh_from_db()
    assert group.resolved_at is not None


# --- Slow statements --------------------------------------------------------------------------------------------------


def test_a_slow_statement_is_one_row_for_its_page_without_its_values(settings: Any, client: Client) -> None:
    settings.SLOW_QUERY_MS = 0
    with context.bind(request_id=NUMBER, route="teams:list"):
        list(Job.objects.filter(name="canary-name"))
        list(Job.objects.filter(name="another-canary"))
    settings.SLOW_QUERY_MS = 500
    writer.flush(10)
    row = SlowQuery.objects.get(statement__contains='FROM "core_job"')
    assert (row.count, row.route, row.request_id) == (2, "teams:list", NUMBER)
    assert "canary" not in row.statement
    assert "request_id=" not in row.statement
    assert row.max_ms <= row.total_ms
    client.force_login(person("view_slowquery"))
    assert "teams:list" in client.get("/admin/core/slowquery/").content.decode()


def test_slow_statements_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_STATEMENTS", 2)
    for number in range(4):
        store.note_slow(f"{number}", "SELECT", 600.0, context.Context(), timezone.now())
    assert sorted(SlowQuery.objects.values_list("fingerprint", flat=True)) == ["2", "3"]
