"""What the daily digest costs: statements and seconds for a number of people, from the run to the last mail.

    .venv/bin/python -m benchmarks.digest [PEOPLE]

Needs a database of its own that may be filled (``DB_NAME``), with migrations applied; everything is rolled back. Mails
go to a backend that drops them, so the figures are the platform's. Prints JSON.
"""

import json
import os
import sys
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

from apps.accounts.models import User  # noqa: E402 - models need the setup
from apps.notifications.constants import DIGEST  # noqa: E402 - models need the setup
from apps.notifications.models import Notification  # noqa: E402 - models need the setup
from apps.notifications.services import deliver_email, digests  # noqa: E402 - models need the setup

NEWS_EACH = 5


def measure(label: str, work: Callable[[], object]) -> dict[str, object]:
    """Run ``work`` once and count its statements, savepoints included."""
    counted = [0]

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        counted[0] += 1
        return execute(*args)

    with connection.execute_wrapper(count):
        start, busy = time.perf_counter(), time.process_time()
        result = work()
        seconds, processor = time.perf_counter() - start, time.process_time() - busy
    return {
        "part": label,
        "result": result,
        "queries": counted[0],
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
    }


def people(number: int, now: datetime) -> None:
    """Write people with unread news."""
    users = User.objects.bulk_create(
        [
            User(username=f"digest{each}", email=f"digest{each}@example.com", date_joined=now - timedelta(days=30))
            for each in range(number)
        ],
        batch_size=2000,
    )
    Notification.objects.bulk_create(
        (
            Notification(
                recipient=user,
                type="notifications.test",
                title=f"News {each}",
                fingerprint=str(each),
                batch="0" * 32,
                created_at=now - timedelta(hours=2),
            )
            for user in users
            for each in range(NEWS_EACH)
        ),
        batch_size=2000,
    )


def run(number: int) -> dict[str, object]:
    """Return the figures for ``number`` people."""
    now = timezone.now().replace(hour=2, minute=0, second=0, microsecond=0)  # eight o'clock in Dhaka
    people(number, now)
    newcomers = measure("give everybody a first time", lambda: digests._schedule_newcomers(now - timedelta(hours=1)))
    started = measure("start what is due", lambda: digests.send_due_digests(now=now))
    ids = list(Notification.objects.filter(type=DIGEST).values_list("pk", flat=True))
    sent = measure("send each mail", lambda: sum(deliver_email(notification_id=pk) == "sent" for pk in ids))
    again = measure("run again", lambda: digests.send_due_digests(now=now))
    return {"people": number, "parts": [newcomers, started, sent, again]}


def main() -> None:
    """Measure within a transaction that is rolled back."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    connection.force_debug_cursor = False
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"), transaction.atomic():
        connection.atomic_blocks[-1]._from_testcase = True  # as in TestCase: durable blocks may nest
        print(json.dumps(run(number), indent=2, default=str))  # noqa: T201 - its purpose
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
