"""What captains and members want of staff."""

from typing import Any

from django.db.models import QuerySet

from apps.teams.models import (
    TalkReport,
    TeamAchievement,
    TeamPostReport,
    TeamPromotion,
    TeamSponsor,
    TeamVerification,
)


def waiting() -> list[QuerySet[Any]]:
    unconfirmed = TeamAchievement.objects.filter(status=TeamAchievement.Status.UNCONFIRMED)
    return [
        TeamVerification.objects.filter(status=TeamVerification.Status.PENDING),
        TeamSponsor.objects.filter(status=TeamSponsor.Status.PENDING),
        TeamPromotion.objects.filter(status=TeamPromotion.Status.REQUESTED),
        unconfirmed.filter(removed_at__isnull=True),
        TeamPostReport.objects.filter(state=TeamPostReport.State.OPEN),
        TalkReport.objects.filter(state=TalkReport.State.OPEN),
    ]
