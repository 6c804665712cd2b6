"""What staff see and do. Every change goes through a service, so that it is checked and recorded like any other."""

from apps.teams.admin import (
    achievements,
    joining,
    practice,
    promotions,
    ranking,
    result_imports,
    results,
    social,
    sponsors,
    teams,
    verification,
)

__all__ = [
    "achievements",
    "joining",
    "practice",
    "promotions",
    "ranking",
    "result_imports",
    "results",
    "social",
    "sponsors",
    "teams",
    "verification",
]
