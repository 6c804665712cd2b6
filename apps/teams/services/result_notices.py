"""What players hear of their results and of the coins for them: one piece of news for each team and file."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Sum
from django.utils import timezone

from apps.core import jobs
from apps.corelib.figures import coins
from apps.economy.models import DeltaCrownTransaction
from apps.notifications.services import notify
from apps.teams.models import ResultImport, ResultImportLine, Team, TeamTournamentRegistration
from apps.teams.services import follow_notices
from apps.user_profile.models import UserProfile

TEAMS_AT_ONCE = 50
WITHOUT_PLACE = {
    "registered": "is registered for",
    "withdrawn": "withdrew from",
    "disqualified": "was disqualified from",
}


def tell_result(result_id: int, *, is_correction: bool) -> int:
    """Tell the players of one result. Run twice, it tells once: what is told is the fingerprint."""
    result = TeamTournamentRegistration.objects.select_related("team").get(pk=result_id)
    told = f"result:{result.pk}:{result.status}:{result.placement}"
    return _tell_team(result.team, [result], corrected={result.pk} if is_correction else set(), fingerprint=told)


def tell_import(import_id: int, *, after_team: int = 0) -> int:
    """Tell the players of the next teams of a file, and start the job for those behind them."""
    imported = ResultImport.objects.defer("content").get(pk=import_id)
    results = TeamTournamentRegistration.objects.filter(source=imported, team__gt=after_team)
    teams = list(Team.objects.filter(pk__in=results.values("team")).order_by("pk")[:TEAMS_AT_ONCE])
    by_team: dict[int, list[TeamTournamentRegistration]] = defaultdict(list)
    for result in results.filter(team__in=teams).order_by("-played_on", "-pk"):
        by_team[result.team_id].append(result)
    lines = imported.rows.filter(effect=ResultImportLine.Effect.CORRECTION, team__in=teams)
    corrected = set(lines.values_list("team_id", "tournament_id"))
    told = 0
    for team in teams:
        told += _tell_team(
            team,
            by_team[team.pk],
            corrected={result.pk for result in by_team[team.pk] if (team.pk, result.tournament_id) in corrected},
            fingerprint=f"results_file:{imported.pk}:{team.pk}",
        )
        told += sum(
            follow_notices.tell_result(result.pk) for result in by_team[team.pk] if follow_notices.is_news(result)
        )
    if len(teams) == TEAMS_AT_ONCE:
        jobs.enqueue("teams.send_results_file_notifications", import_id=import_id, after_team=teams[-1].pk)
    return told


def _tell_team(
    team: Team, results: Sequence[TeamTournamentRegistration], *, corrected: Collection[int], fingerprint: str
) -> int:
    amounts = _coins_of(results)
    is_news = any(
        result.played_on and result.played_on >= timezone.localdate() - follow_notices.NEWS_FOR for result in results
    )
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for profile_id, user_id in _players(results):
        mine = [result for result in results if profile_id in {player["profile"] for player in result.roster}]
        amount = amounts.get(profile_id, 0)
        if amount or is_news or corrected:
            alike[_words(team, mine, amount, corrected=corrected)].append(user_id)
    return sum(
        notify(
            users,
            "teams.result_recorded",
            subject=team,
            context={"headline": headline, "coins": words, "url": team.get_absolute_url()},
            fingerprint=fingerprint,
        )
        for (headline, words), users in alike.items()
    )


def _players(results: Sequence[TeamTournamentRegistration]) -> list[tuple[int, int]]:
    """Return profile and user of everybody in the rosters whose account is open."""
    profiles = {player["profile"] for result in results for player in result.roster}
    return list(
        UserProfile.objects.filter(pk__in=profiles, user__is_active=True).order_by("pk").values_list("pk", "user_id")
    )


def _coins_of(results: Sequence[TeamTournamentRegistration]) -> dict[int, int]:
    """Return what each player has for these results, by profile."""
    entries = DeltaCrownTransaction.objects.filter(registration_id__in=[result.pk for result in results])
    return dict(entries.order_by().values_list("wallet__profile_id").annotate(sum=Sum("amount")))


def _words(
    team: Team, results: Sequence[TeamTournamentRegistration], amount: int, *, corrected: Collection[int]
) -> tuple[str, str]:
    if len(results) == 1:
        [result] = results
        headline = f"{team.name} {_outcome(result)} {result.tournament_name}"
        if result.pk in corrected:
            headline = f"Corrected: {headline}"
            return headline, f"You have {coins(amount)} for it now."
        return headline, f"{coins(amount)} for you." if amount else ""
    headline = f"{len(results)} results of {team.name} are recorded"
    return headline, f"{coins(amount)} for you in all." if amount else ""


def _outcome(result: TeamTournamentRegistration) -> str:
    if result.status == TeamTournamentRegistration.Status.COMPLETED:
        return f"finished {result.shown_placement} in" if result.placement else "played in"
    return WITHOUT_PLACE[result.status]
