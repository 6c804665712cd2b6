"""What happened: for everyone who sees the team."""

from tests.teams.matrix.row import Row
from tests.teams.matrix.who import EVERYONE

ROWS = [Row("get", "activity", EVERYONE)]
