"""``manage.py seed_scale``: a site that has grown, to see pages and jobs as they will be."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from apps.core import scale, slots


class Command(BaseCommand):
    help = "Make many made-up people, teams, notifications, coins, products and orders. Refuses a real site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--factor", type=float, default=0.01, help="1: 100,000 people, 20,000 teams and the rest.")
        parser.add_argument("--mark", default="scale", help="Begins their names; a second load needs another.")

    def handle(self, *args: Any, factor: float, mark: str, **options: Any) -> None:
        if settings.ENVIRONMENT in {"staging", "production"}:
            raise CommandError("Made-up people have no place on a real site. Set ENVIRONMENT=development.")
        if connection.vendor != "postgresql":
            raise CommandError("So many rows need PostgreSQL.")
        if not (mark.isascii() and mark.isalnum() and mark.islower() and mark[0].isalpha() and len(mark) <= 12):
            raise CommandError("--mark takes up to 12 small letters and digits after a letter, such as scale2.")
        if not 0 < factor <= 10:
            raise CommandError("--factor takes a number above 0, up to 10.")
        if get_user_model().objects.filter(username=f"{mark}0").exists():
            raise CommandError(f"There are people of {mark!r} already. Choose another --mark.")
        plan = scale.Plan(factor, mark, timezone.now())
        with transaction.atomic():
            for load in slots.fillings(scale.SLOT):
                self._load(load, plan)

    def _load(self, load: Any, plan: scale.Plan) -> None:
        begin = time.monotonic()
        for what, count in load(plan).items():
            self.stdout.write(f"{count:>9,} {what} ({time.monotonic() - begin:.1f} s)")
