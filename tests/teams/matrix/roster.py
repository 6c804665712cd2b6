"""Who is in the team: leaving, changing members, handing over."""

from tests.teams.matrix.row import Row
from tests.teams.matrix.who import CAPTAIN, MEMBERS, THE_MEMBER, WITH_FLAG
from tests.teams.people import add_member, make_transfer, make_user


def furnish(place):
    """The captain has asked "member" to take over. There is an inactive member, and somebody banned."""
    make_transfer(place.team, place.members["member"])
    place.plain_member = add_member(place.team, make_user("plain"))
    place.inactive = add_member(place.team, status="inactive", left_at=None)
    place.banned = add_member(place.team, status="banned")


def plain(place):
    return [place.team.slug, place.plain_member.pk]


def inactive(place):
    return [place.team.slug, place.inactive.pk]


def banned(place):
    return [place.team.slug, place.banned.pk]


def plain_without_offer(place):
    place.team.transfers.all().delete()
    return plain(place)


ROWS = [
    Row("get", "leave", MEMBERS),
    Row("post", "leave", MEMBERS, ok=302),
    Row("get", "manage", WITH_FLAG),
    Row("get", "member", WITH_FLAG, args=plain),
    Row("post", "member", WITH_FLAG, ok=302, data={"role": "coach", "in_game_role": ""}, args=plain),
    Row("get", "remove_member", WITH_FLAG, args=plain),
    Row("post", "remove_member", WITH_FLAG, ok=302, args=plain),
    Row("post", "set_inactive", WITH_FLAG, ok=302, args=plain),
    Row("post", "bring_back", WITH_FLAG, ok=302, args=inactive),
    Row("get", "ban_member", WITH_FLAG, args=plain),
    Row("post", "ban_member", WITH_FLAG, ok=302, data={"reason": "Toxic"}, args=plain),
    Row("post", "lift_ban", WITH_FLAG, ok=302, args=banned),
    Row("get", "captaincy", MEMBERS),
    Row("post", "offer_captaincy", CAPTAIN, ok=302, args=plain_without_offer),
    Row("post", "accept_captaincy", THE_MEMBER, ok=302),
    Row("post", "decline_captaincy", THE_MEMBER, ok=302),
    Row("post", "cancel_captaincy", CAPTAIN, ok=302),
]
