"""Sponsors: the captain's, and everybody's to follow."""

from tests.teams.matrix.row import Row
from tests.teams.matrix.who import CAPTAIN, EVERYONE, WITH_OWN_FLAG
from tests.teams.sponsoring import make_sponsor, today

PROPOSAL = {
    "name": "Tea Stall",
    "tier": "4",
    "url": "https://tea.example/",
    "starts_on": f"{today()}",
    "ends_on": f"{today(30)}",
}


def furnish(place):
    place.sponsor = make_sponsor(place.team)


def the_sponsor(place):
    return [place.team.slug, place.sponsor.pk]


ROWS = [
    Row("get", "sponsors", WITH_OWN_FLAG),
    Row("post", "propose_sponsor", CAPTAIN, ok=302, data=PROPOSAL),
    Row("post", "cancel_sponsor", CAPTAIN, ok=302, args=the_sponsor),
    # Everybody who sees the team is led to the sponsor's own site.
    Row("get", "visit_sponsor", EVERYONE, ok=302, args=the_sponsor),
]
