"""Shows the jobs by queue and state, requeues and cancels."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from apps.core.errors import DomainError
from apps.core.jobs import operations, selectors

ACTIONS = {"requeue": operations.requeue, "cancel": operations.cancel}


class Command(BaseCommand):
    """``jobs``, ``jobs requeue 12 13``, ``jobs cancel 14``; ``--json`` for machines."""

    help = "Shows the jobs by queue and state with the age of the oldest; requeues failed and cancels waiting ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", nargs="?", choices=["show", *ACTIONS], default="show")
        parser.add_argument("ids", nargs="*", type=int, metavar="ID", help="the jobs to requeue or cancel")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, action: str, ids: list[int], **options: Any) -> None:
        as_json = options["json"]
        if action == "show":
            self._show(as_json=as_json)
            return
        if not ids:
            raise CommandError(f"Say which: manage.py jobs {action} ID…")
        self._act(action, ids, as_json=as_json)

    def _act(self, action: str, ids: list[int], *, as_json: bool) -> None:
        done: list[int] = []
        refused: dict[int, str] = {}
        for job_id in ids:
            try:
                done.append(ACTIONS[action](actor=None, job_id=job_id).pk)
            except DomainError as error:
                refused[job_id] = error.message
        if as_json:
            self.stdout.write(json.dumps({"done": done, "refused": refused}))
        else:
            for job_id in done:
                self.stdout.write(f"Job {job_id}: {action} done.")
        if refused:
            raise CommandError("\n".join(refused.values()))

    def _show(self, *, as_json: bool) -> None:
        lines, schedule = selectors.overview(), selectors.schedule_overview()
        if as_json:
            found = {"jobs": [asdict(line) for line in lines], "schedule": [asdict(line) for line in schedule]}
            self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder))
            return
        self.stdout.write(f"{'queue':<10} {'state':<10} {'jobs':>8}  oldest")
        for line in lines:
            self.stdout.write(f"{line.queue:<10} {line.state:<10} {line.count:>8}  {_age(line.oldest_seconds)}")
        self.stdout.write("\nschedule")
        for entry in schedule:
            told = "not seen by beat yet"
            if entry.next_due_at is not None:
                told = (
                    f"late by {_age(entry.late_seconds)}"
                    if entry.late_seconds
                    else f"due {entry.next_due_at:%F %R} UTC"
                )
            self.stdout.write(f"{entry.name:<35} {told}")


def _age(seconds: float | None) -> str:
    if seconds is None:
        return ""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
