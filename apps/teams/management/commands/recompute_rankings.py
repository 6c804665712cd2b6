"""``manage.py recompute_rankings``: count all points now, or only say what would change."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.teams.selectors.ranking_totals import active_weights
from apps.teams.selectors.ranking_what_if import simulate
from apps.teams.services.ranking_service import ranking_service


class Command(BaseCommand):
    help = "Count the points of all teams and rank them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would change; write nothing")
        parser.add_argument("--reason", default="Recalculated by hand", help="what the history says")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            result = ranking_service.recalculate_all_teams(reason=options["reason"])
            self.stdout.write(f"{result['teams_updated']} of {result['teams_processed']} teams updated.")
            return
        found = simulate(active_weights())
        for move in found.moves:
            if move.points_before != move.points_after or move.rank_before != move.rank_after:
                self.stdout.write(
                    f"{move.rank_before or '-'} -> {move.rank_after}  {move.points_before} -> {move.points_after}  "
                    f"{move.team}"
                )
        self.stdout.write(
            f"{found.points_change} of {found.teams} teams would be updated, {found.rank_changes} would change places. "
            "Nothing was written."
        )
