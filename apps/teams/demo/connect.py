"""Registers the parts, in the order in which they need each other. Imported when the app is ready, and not before."""

from apps.core import slots
from apps.teams.demo import chat, club, joining, practice, rankings, social, sponsors, teams


def connect() -> None:
    parts = (
        (30, teams),
        (32, chat),
        (33, club),
        (34, practice),
        (35, rankings),
        (45, joining),
        (45, social),
        (45, sponsors),
    )
    for weight, part in parts:
        slots.register("demo", part.load, weight=weight)
