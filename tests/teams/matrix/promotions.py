"""Promotions: whoever sees the finances looks; only the captain, whose wallet pays, books and cancels."""

from dataclasses import dataclass
from uuid import uuid4

from tests.teams.matrix.row import Row
from tests.teams.matrix.who import WITH_OWN_FLAG
from tests.teams.sponsoring import give_coins, make_booking, make_place, today

THE_CAPTAIN = frozenset({"captain"})
STAY = {"kind": "homepage", "first_day": f"{today(9)}", "days": "2"}


def furnish(place):
    make_place("homepage")
    place.booking = make_booking(place.team, "spotlight")
    give_coins(place.team, 500)


def the_booking(place):
    return [place.team.slug, place.booking.pk]


@dataclass(frozen=True)
class Booking(Row):
    """A private team can't be put forward: its captain reads why, and nothing is written."""

    when_private: int = 422

    def expected(self, who, visibility):
        if visibility == "private" and who in self.may:
            return self.when_private, False
        return super().expected(who, visibility)


ROWS = [
    Row("get", "promotions", WITH_OWN_FLAG),
    Booking("post", "book_promotion", THE_CAPTAIN, ok=302, data={**STAY, "price": "100", "request_id": f"{uuid4()}"}),
    Row("get", "cancel_promotion", THE_CAPTAIN, args=the_booking),
    Row("post", "cancel_promotion", THE_CAPTAIN, ok=302, args=the_booking),
    Row("get", "api_promotions", WITH_OWN_FLAG, visitor=403),
    Booking(
        "post",
        "api_promotions",
        THE_CAPTAIN,
        ok=201,
        visitor=403,
        when_private=409,
        data={**STAY, "expected_price": "100", "request_id": f"{uuid4()}"},
    ),
    Row("post", "api_cancel_promotion", THE_CAPTAIN, visitor=403, args=the_booking),
]
