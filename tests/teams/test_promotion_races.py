"""Bookings at the same moment and killed half way, on real connections: no day sold twice, no coin spent twice."""

from itertools import cycle
from uuid import uuid4

import pytest
from django.db import connection

from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.selectors.proof import prove
from apps.teams.models import TeamPromotion
from apps.teams.services.promotions import (
    approve_promotion,
    book_promotion,
    cancel_promotion,
    expire_promotions,
    reject_promotion,
    withdraw_promotion,
)
from tests.once import Killed, _counted
from tests.teams.people import make_team, make_user
from tests.teams.sponsoring import give_coins, make_booking, make_place, today
from tests.teams.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]


def booking(team, **changes):
    asked = {"kind": "homepage", "first_day": today(2), "days": 2, "expected_price": 100, "request_id": uuid4()}
    return lambda: book_promotion(actor=team.captain.user, team_id=team.pk, **(asked | changes))


def wallet(team):
    found = DeltaCrownWallet.objects.get(profile=team.captain)
    return found.cached_balance, found.held_balance


def test_many_teams_want_the_last_slot_and_one_gets_it():
    make_place(slots=1)
    teams = [make_team() for _ in range(8)]
    for team in teams:
        give_coins(team, 100)
    assert at_once(*[booking(team) for team in teams]) == {"done": 1, "Conflict": 7}
    assert sorted(wallet(team) for team in teams) == [(100, 0)] * 7 + [(100, 100)]
    assert prove().faults == []


def test_one_wallet_is_not_spent_for_two_teams(wolves, rafi):
    make_place()
    other = make_team(captain=rafi, game="cs2")
    give_coins(wolves, 150)
    assert at_once(booking(wolves), booking(other)) == {"done": 1, "NotEnoughCoins": 1}
    assert (wallet(wolves), TeamPromotion.objects.count()) == ((150, 100), 1)


def test_a_form_that_arrives_eight_times_at_once_is_one_booking(wolves):
    make_place()
    give_coins(wolves, 1000)
    assert at_once(*[booking(wolves, request_id=uuid4())] * 8) == {"done": 8}
    assert (wallet(wolves), TeamPromotion.objects.count()) == ((1000, 100), 1)


def test_staff_and_captain_decide_at_the_same_moment_and_one_of_them_does(wolves, rafi):
    boss = make_user("boss", is_superuser=True)
    booked = make_booking(wolves)
    acts = (
        lambda: approve_promotion(actor=boss, promotion_id=booked.pk),
        lambda: reject_promotion(actor=boss, promotion_id=booked.pk, reason="No."),
        lambda: withdraw_promotion(actor=rafi, promotion_id=booked.pk),
        expire_promotions,
    )
    outcome = at_once(*acts)
    assert outcome["done"] + outcome["Conflict"] == 4
    booked.refresh_from_db()
    # The captain may withdraw what staff have just approved: then all of it came back.
    spent = {"scheduled": (0, 0), "rejected": (100, 0), "cancelled": (100, 0)}
    assert wallet(wolves) == spent[booked.status]
    assert prove().faults == []


def test_two_of_staff_cancel_and_it_is_refunded_once(wolves):
    boss = make_user("boss", is_superuser=True)
    booked = make_booking(wolves)
    approve_promotion(actor=boss, promotion_id=booked.pk)
    cancel = lambda: cancel_promotion(actor=boss, promotion_id=booked.pk, reason="Down.")  # noqa: E731 - an act for at_once
    assert at_once(*[cancel] * 4) == {"done": 1, "Conflict": 3}
    assert wallet(wolves) == (100, 0)
    assert DeltaCrownTransaction.objects.filter(reason="refund").count() == 1


BEFORE_AND_AFTER = {
    "book": (("", 100, 0), ("requested", 100, 100)),
    "approve": (("requested", 100, 100), ("scheduled", 0, 0)),
    "reject": (("requested", 100, 100), ("rejected", 100, 0)),
    "cancel": (("scheduled", 0, 0), ("cancelled", 100, 0)),
}


@pytest.mark.parametrize("act", BEFORE_AND_AFTER)
def test_killed_at_any_statement_there_is_all_of_it_or_nothing_and_it_is_done_again(act):
    boss = make_user("boss", is_superuser=True)
    make_place(slots=3)

    def prepared():
        """Return a team, the act, and what there is of it."""
        team = make_team()
        give_coins(team, 100)
        form = uuid4()
        pk = booking(team, request_id=form, first_day=next(days))().pk if act != "book" else 0
        if act == "cancel":
            approve_promotion(actor=boss, promotion_id=pk)
        acts = {
            "book": booking(team, request_id=form, first_day=next(days)),
            "approve": lambda: approve_promotion(actor=boss, promotion_id=pk),
            "reject": lambda: reject_promotion(actor=boss, promotion_id=pk, reason="No."),
            "cancel": lambda: cancel_promotion(actor=boss, promotion_id=pk, reason="No."),
        }
        return team, acts[act]

    def there(team):
        return (team.promotions.values_list("status", flat=True).first() or "", *wallet(team))

    before, after = BEFORE_AND_AFTER[act]
    days = cycle(today(ahead) for ahead in range(2, 58, 2))
    for _ in range(2):  # the first fills caches, and takes some statements more
        team, run = prepared()
        with _counted() as count:
            run()
        assert there(team) == after

    for statement in range(2, count.statements, 3):
        team, run = prepared()
        assert there(team) == before
        with pytest.raises(Killed), _counted(limit=statement):
            run()
        connection.close()  # the server rolls back what was not committed
        assert there(team) in (before, after), f"killed at statement {statement} of {count.statements}"
        if there(team) == before:
            run()
        assert there(team) == after
    assert prove().faults == []
