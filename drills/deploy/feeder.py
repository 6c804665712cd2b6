"""Runs in a release's folder, with its variables: makes people, then enqueues jobs and tells people things until the
end of its input. Prints JSON lines: the people first, the counts last.
"""

import json
import select
import sys
import time
from typing import Any
from uuid import uuid4

import django

PEOPLE = 20
PAUSE = 0.5  # seconds
TOLD_EVERY = 10  # rounds


def main() -> None:
    django.setup()
    from django.db import OperationalError, connection, transaction

    from apps.core.jobs import enqueue
    from apps.core.models import Job
    from apps.notifications.services import notify
    from drills.notifications.scenario import people

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE drill_effects (number bigint NOT NULL, kind text NOT NULL)")
    everybody = people(PEOPLE)
    say(everybody)
    sys.stdin.readline()  # their pages are open
    counts = {"jobs": 0, "jobs_of_one_release": 0, "told": 0}
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        try:
            with transaction.atomic():
                enqueue("core.drill", number=counts["jobs"])
        except OperationalError:  # the machine is so busy that a connection takes too long
            continue
        counts["jobs"] += 1
        if counts["jobs"] % 10 == 0:
            # As a page of the newer release would: the older one does not know the task.
            Job.objects.create(name="core.drill_new", queue="default", args={"number": counts["jobs_of_one_release"]})
            counts["jobs_of_one_release"] += 1
        if counts["jobs"] % TOLD_EVERY == 0:
            with transaction.atomic():
                # Of a kind that is not bundled: each is shown, and is missed when it doesn't arrive.
                notify(list(everybody), "notifications.address_bounced", fingerprint=uuid4().hex)
            counts["told"] += 1
    time.sleep(1)
    say(counts)


def say(told: dict[Any, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
