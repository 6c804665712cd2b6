"""Registers all news, and where payments lead. Imported when the app is ready, and not before."""

from apps.core import slots
from apps.teams.news import club, face, joining, results, social, sponsors


def connect() -> None:
    for part in (club, face, joining, results, social, sponsors):
        part.register_all()
    slots.register("ledger_cause", results.cause_of_payment, weight=30)
    slots.register("ledger_cause", sponsors.cause_of_payment, weight=31)
