"""Many made-up rows, to see what pages cost once a site has grown. An app fills the slot ``scale`` with its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

SLOT = "scale"


@dataclass(frozen=True)
class Plan:
    """How much to make. The same plan makes the same rows.

    ``factor`` 1 is a grown national scene (docs/development.md names the numbers). ``mark`` begins every name, so that
    a second load takes another and rows of one load find each other.
    """

    factor: float
    mark: str
    now: datetime

    def share(self, full: int) -> int:
        """Return how many of ``full`` this plan makes; never none."""
        return max(1, round(full * self.factor))


Made = Mapping[str, int]  # what was made, in words, and how many


def analyze(*tables: str) -> None:
    """Tell PostgreSQL how large these tables have become: right after a load it does not know."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
