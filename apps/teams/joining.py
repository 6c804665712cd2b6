"""Connects links and requests with the rest of the platform. Imported when the app is ready, and not before."""

from apps.core import slots
from apps.teams.selectors import joining
from apps.teams.services import closing


def connect() -> None:
    slots.register("personal_data", joining.personal_data, weight=32)
    slots.register("account_purge", closing.forget, weight=32)
