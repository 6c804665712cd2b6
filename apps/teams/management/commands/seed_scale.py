"""``manage.py seed_scale``: many made-up teams, to see pages as they will be."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from apps.teams import scale
from apps.teams.models import Team


class Command(BaseCommand):
    help = "Make many made-up teams with members and a ranking. For development: refuses a staging or production site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--teams", type=int, default=1_000)
        parser.add_argument("--mark", default="scale", help="Begins their names; a second load needs another.")

    def handle(self, *args: Any, teams: int, mark: str, **options: Any) -> None:
        if settings.ENVIRONMENT in {"staging", "production"}:
            raise CommandError("Made-up teams have no place on a real site. Set ENVIRONMENT=development.")
        if not (mark.isascii() and mark.isalnum() and mark.islower() and len(mark) <= 20):
            raise CommandError("--mark takes up to 20 small letters and digits, such as scale2.")
        if not 1 <= teams <= 200_000:
            raise CommandError("--teams takes 1 to 200000.")
        if Team.objects.filter(slug__startswith=f"{mark}-").exists():
            raise CommandError(f"There are teams of {mark!r} already. Choose another --mark.")
        with transaction.atomic():
            made = scale.load(teams, now=timezone.now(), mark=mark)
        self.stdout.write(f"{made} teams made.")
