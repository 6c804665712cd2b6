"""Draws trophies."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from apps.corelib import trophies
from apps.teams.models import TeamAchievement, TeamTournamentRegistration

register = template.Library()


@register.simple_tag
def achievement_trophy(achievement: TeamAchievement, size: int = 72) -> SafeString:
    """Draw an achievement, as decoration: its title stands beside it. Metal is for what was confirmed."""
    drawn = trophies.trophy(
        f"achievement:{achievement.pk}",
        kind=achievement.kind,
        tier=achievement.tier,
        sign=achievement.sign,
        size=size,
        earned=achievement.status == TeamAchievement.Status.CONFIRMED,
    )
    return mark_safe(drawn)


@register.simple_tag
def result_trophy(result: TeamTournamentRegistration, size: int = 44) -> SafeString:
    """Draw a cup for a place among the first four, nothing for others."""
    place = result.placement
    if place is None or place > 4:
        return SafeString("")
    seed = f"tournament:{result.tournament_id}"  # all places of one tournament are cut alike
    return mark_safe(trophies.trophy(seed, tier=trophies.tier_of(place), sign=str(place), size=size))
