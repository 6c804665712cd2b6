"""What goes when a team's end is final."""

from apps.teams.models import CalendarFeed, PracticeSeries, PracticeSession, Team, TeamAchievement


def empty_club_room(team: Team) -> None:
    """Delete what the team told of itself and what it planned. What follows from results stays, as they do."""
    team.achievements.filter(source=TeamAchievement.Source.TEAM).delete()
    PracticeSession.objects.filter(team=team).delete()
    PracticeSeries.objects.filter(team=team).delete()
    CalendarFeed.objects.filter(team=team).delete()
