"""What sweeps and lists look for is found by partial indexes, however many finished jobs there are."""

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.core.models import Job

pytestmark = pytest.mark.django_db

WAITING = Job.objects.filter(state="queued", run_at__lte=Now())


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("core_job_waiting", WAITING.filter(dispatched_at=None).order_by("run_at")[:200]),
        ("core_job_waiting", WAITING.filter(queue="bulk", dispatched_at__isnull=False)),
        ("core_job_leased", Job.objects.filter(state="running", lease_expires_at__lt=Now())),
        ("core_job_failures", Job.objects.filter(state="failed").order_by("-finished_at")[:50]),
        ("core_job_finished", Job.objects.filter(finished_at__lt=Now()).order_by("finished_at")[:1000]),
        ("core_job_dedupe_key", Job.objects.filter(dedupe_key="a", state__in=Job.UNFINISHED)),
    ],
)
def test_the_index_serves_the_query(index: str, rows: QuerySet[Job]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_job (name, args, queue, state, run_at, attempts, lost_leases, last_error, trace,
                                  request_id, created_at, finished_at)
            SELECT 'tests.leave_mark', '{}', 'default', 'succeeded', now(), 1, 0, '', '', '', now(),
                   now() - n * interval '1 minute'
            FROM generate_series(1, 20000) AS n
            """
        )
        cursor.execute("ANALYZE core_job")
    assert index in rows.explain()
