"""What somebody reported on boards and in chats, for the export of their data."""

from typing import Any

from django.db.models import F

from apps.accounts.models import User
from apps.teams.models import TalkReport


def personal_data(user: User) -> dict[str, list[Any]]:
    reports = TalkReport.objects.filter(reporter=user).order_by("pk")
    return {
        "team_talk_reports": list(
            reports.values("kind", "why", "words", "state", "created_at", team_name=F("team__name"))
        )
    }
