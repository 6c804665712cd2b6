"""What waits for a second person."""

from typing import Any

from django.db.models import QuerySet

from apps.economy.models import WalletAdjustment


def waiting() -> list[QuerySet[Any]]:
    return [WalletAdjustment.objects.filter(state=WalletAdjustment.State.WAITING)]
