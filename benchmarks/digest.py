"""What the daily digest costs: statements, seconds and memory for a number of people, from the run to the last mail.

    .venv/bin/python -m benchmarks.digest [PEOPLE] [--plan]

``--plan`` writes the people in bulk and measures the planning only, for numbers like 100000. Needs a database of its
own that may be filled (``DB_NAME``), with migrations applied; everything is rolled back. Mails go to a backend that
drops them, so the figures are the platform's. Prints JSON.
"""

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings_test_pg")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - models need the setup
from django.test.utils import override_settings  # noqa: E402 - models need the setup
from django.utils import timezone  # noqa: E402 - models need the setup

from apps.core.models import Job  # noqa: E402 - models need the setup
from apps.notifications.models import NotificationPreference  # noqa: E402 - models need the setup
from apps.notifications.services import digest_mails, digests  # noqa: E402 - models need the setup

NEWS_EACH = 5
NO_WORK = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")

PEOPLE = """
    INSERT INTO accounts_user (username, email, password, first_name, last_name, date_joined, is_active, is_staff,
                               is_superuser)
    SELECT 'digest' || n, 'digest' || n || '@d' || n %% 50 || '.example.com', '', '', '', %s, true, false, false
    FROM generate_series(1, %s) n
"""
NEWS = """
    INSERT INTO notifications_notification (recipient_id, address, type, subject, title, body, url, context,
                                            fingerprint, batch, in_app, created_at)
    SELECT u.id, '', 'notifications.test', '', 'News ' || n, '', '', '{}', 'n' || n, gen_random_uuid(), true, %s
    FROM accounts_user u CROSS JOIN generate_series(1, %s) n WHERE u.username LIKE 'digest%%'
"""


def measure(label: str, work: Callable[[], object]) -> dict[str, object]:
    """Run ``work`` once and count its statements. Savepoints stand for transactions here, and are no statements."""
    counted = [0]

    def count(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        counted[0] += not sql.startswith(NO_WORK)
        return execute(sql, *args)

    with connection.execute_wrapper(count):
        start, busy = time.perf_counter(), time.process_time()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        result = work()
        seconds, processor = time.perf_counter() - start, time.process_time() - busy
    return {
        "part": label,
        "result": result,
        "queries": counted[0],
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "peak_memory_grew_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024, 1),
    }


def people(number: int, now: datetime) -> None:
    """Write people with unread news, by the server itself."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # half a million rows by one statement
        cursor.execute(PEOPLE, [now - timedelta(days=30), number])
        cursor.execute(NEWS, [now - timedelta(hours=2), NEWS_EACH])
        cursor.execute("ANALYZE accounts_user; ANALYZE notifications_notification")


def send() -> dict[str, int]:
    """Run the jobs that the planning has written."""
    ended: dict[str, int] = {}
    for args in list(Job.objects.filter(name="notifications.send_digests").values_list("args", flat=True)):
        for state, number in digest_mails.send_digests(**args).items():
            ended[state] = ended.get(state, 0) + number
    return ended


def run(number: int, *, only_plan: bool) -> dict[str, object]:
    """Return the figures for ``number`` people."""
    now = timezone.now().replace(hour=2, minute=0, second=0, microsecond=0)  # eight o'clock in Dhaka
    people(number, now)
    parts = [measure("give everybody a first time", lambda: digests._schedule_newcomers(now - timedelta(hours=1)))]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {NotificationPreference._meta.db_table}")
    parts.append(measure("start what is due", lambda: digests.send_due_digests(now=now)))
    if not only_plan:
        parts.append(measure("send the mails", send))
    parts.append(measure("run again", lambda: digests.send_due_digests(now=now)))
    total = {key: round(sum(part[key] for part in parts), 2) for key in ("queries", "seconds", "processor_seconds")}  # type: ignore[misc]
    return {"people": number, "parts": parts, "total": total}


def main() -> None:
    """Measure within a transaction that is rolled back."""
    parser = argparse.ArgumentParser(prog="benchmarks.digest", description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=1000)
    parser.add_argument("--plan", action="store_true", help="plan only")
    options = parser.parse_args()
    with (
        override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"),
        transaction.atomic(),
    ):
        connection.atomic_blocks[-1]._from_testcase = True  # as in TestCase: durable blocks may nest
        print(json.dumps(run(options.people, only_plan=options.plan), indent=2, default=str))  # noqa: T201 - its purpose
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
