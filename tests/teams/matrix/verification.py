"""The verified mark: the captain asks."""

from apps.teams.models import TeamVerification
from tests.teams.matrix.row import Row
from tests.teams.matrix.who import CAPTAIN, NOBODY

EVIDENCE = "We have played the Dhaka Open since 2024, see example.com/dhaka-wolves."


def furnish(place):
    place.verification = TeamVerification.objects.create(team=place.team, evidence=EVIDENCE)


ROWS = [
    Row("get", "verification", CAPTAIN),
    # One waits already, which is said beside the form.
    Row("post", "verification", CAPTAIN, ok=422, changes=NOBODY, data={"evidence": EVIDENCE}),
    Row("post", "withdraw_verification", CAPTAIN, ok=302),
]
