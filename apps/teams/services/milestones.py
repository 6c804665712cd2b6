"""What results have reached goes on the shelf by itself, and leaves it when a result is corrected.

No audit row: it follows from results, and those are in the trail.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db import transaction

from apps.core import jobs
from apps.corelib.milestones import BY_CODE, reached
from apps.teams.models import Team, TeamAchievement, TeamTournamentRegistration

PORTION = 1_000
Source = TeamAchievement.Source
Status = TeamAchievement.Status


@transaction.atomic
def settle_milestones(team_ids: Iterable[int]) -> int:
    """Bring the shelves of these teams up to their results. Return how many achievements are new.

    Run twice, the second finds nothing to do. Eight queries at the most, and one job for each new achievement.
    """
    ids = sorted(set(team_ids))
    # In the order of their ids, as whoever else locks several teams does.
    list(Team.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    due = {(team_id, code): result for team_id, code, result in _reached(ids)}
    there = {
        (row.team_id, row.milestone): row for row in TeamAchievement.objects.filter(team__in=ids, source=Source.RESULTS)
    }
    gone = [row.pk for key, row in there.items() if key not in due]
    if gone:
        TeamAchievement.objects.filter(pk__in=gone).delete()
    _move([(there[key], result) for key, result in due.items() if key in there])
    return _add([(team_id, code, result) for (team_id, code), result in due.items() if (team_id, code) not in there])


def settle_all_milestones() -> int:
    """Do it for every team that has results, a portion in a transaction. Return how many achievements are new."""
    new, last = 0, 0
    while True:
        played = TeamTournamentRegistration.objects.counted().filter(team__gt=last, team__is_active=True)
        ids = list(played.order_by("team").values_list("team", flat=True).distinct()[:PORTION])
        if not ids:
            return new
        new += settle_milestones(ids)
        last = ids[-1]


def _reached(team_ids: list[int]) -> Iterator[tuple[int, str, TeamTournamentRegistration]]:
    results = TeamTournamentRegistration.objects.counted().filter(team__in=team_ids)
    ordered = results.order_by("team", "played_on", "pk").only("team_id", "placement", "played_on")
    for team_id, group in groupby(ordered, key=lambda result: result.team_id):
        played = list(group)
        for code, index in reached(played).items():
            yield team_id, code, played[index]


def _move(pairs: list[tuple[TeamAchievement, TeamTournamentRegistration]]) -> None:
    """Correct which result reached it."""
    moved = []
    for row, result in pairs:
        if (row.result_id, row.achieved_on) != (result.pk, result.played_on):
            row.result, row.achieved_on = result, result.played_on  # type: ignore[assignment] # played: it has a day
            moved.append(row)
    if moved:
        TeamAchievement.objects.bulk_update(moved, ["result", "achieved_on"])


def _add(new: list[tuple[int, str, TeamTournamentRegistration]]) -> int:
    rows: list[Any] = [
        TeamAchievement(
            team_id=team_id,
            source=Source.RESULTS,
            status=Status.CONFIRMED,
            title=BY_CODE[code].title,
            description=BY_CODE[code].text,
            achieved_on=result.played_on,  # type: ignore[misc] # played: it has a day
            milestone=code,
            result=result,
        )
        for team_id, code, result in new
    ]
    for row in TeamAchievement.objects.bulk_create(rows):
        jobs.enqueue("teams.send_achievement_notification", achievement_id=row.pk, _queue="bulk")
    return len(rows)
