"""Promotions that a captain books: set aside, taken when approved, back by written terms, never twice."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.economy.errors import NotEnoughCoins
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet, Hold
from apps.economy.selectors.proof import prove
from apps.economy.services import release_expired_holds, transfer
from apps.notifications.models import Notification
from apps.teams import tasks
from apps.teams.models import PromotionPlace, TeamPromotion
from apps.teams.selectors import promotion_calendar, promotion_terms
from apps.teams.services.disbanding import disband_team
from apps.teams.services.promotions import (
    approve_promotion,
    book_promotion,
    cancel_promotion,
    change_place,
    reject_promotion,
    schedule_promotion,
    withdraw_promotion,
)
from tests.teams.people import add_member, make_team, make_user
from tests.teams.sponsoring import give_coins, hours, make_booking, make_place, make_promotion, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


def wallet(user):
    """Return what there is and what is set aside."""
    found = DeltaCrownWallet.objects.get(profile__user=user)
    return found.cached_balance, found.held_balance


def told(user):
    mine = Notification.objects.filter(recipient=user, type__startswith="teams.promotion_")
    return [code.removeprefix("teams.promotion_") for code in mine.order_by("pk").values_list("type", flat=True)]


def everything():
    """What a refusal must leave as it was."""
    return (
        list(TeamPromotion.objects.order_by("pk").values()),
        list(Hold.objects.order_by("pk").values()),
        list(DeltaCrownWallet.objects.order_by("pk").values()),
        AuditEvent.objects.count(),
        Notification.objects.count(),
    )


def run_the_task():
    return tasks.process_scheduled_promotions_task.run()


def book(team, **changes):
    """Send what no form would."""
    asked = {"kind": "homepage", "first_day": today(2), "days": 1, "expected_price": 50, "request_id": uuid4()}
    return book_promotion(actor=team.captain.user, team_id=team.pk, **(asked | changes))


def shift(promotion, **span):
    """Move a booking in time, as if the days had passed."""
    starts_at = timezone.now() + timedelta(**span)
    promotion.refresh_from_db()
    length = promotion.ends_at - promotion.starts_at
    TeamPromotion.objects.filter(pk=promotion.pk).update(starts_at=starts_at, ends_at=starts_at + length)


def test_booked_set_aside_approved_paid_shown_and_ended(client, wolves, rafi, boss):
    give_coins(wolves, 130)
    booked = make_booking(wolves, rich=False, days=2, headline="Trials on Friday.")
    assert (booked.status, booked.price, booked.days, wallet(rafi)) == ("requested", 100, 2, (130, 100))

    approve_promotion(actor=boss, promotion_id=booked.pk)
    booked.refresh_from_db()
    assert (booked.status, booked.decided_by, wallet(rafi)) == ("scheduled", boss, (30, 0))
    entry = DeltaCrownTransaction.objects.get(cause=f"promotion:{booked.request_id}")
    assert (entry.amount, entry.reason, entry.account) == (-100, "promotion", "promotions")

    shift(booked, hours=-1)
    assert "Trials on Friday." in client.get("/").content.decode()
    assert run_the_task() == {"status": "success", "activated_count": 1, "expired_count": 0}
    shift(booked, days=-3)
    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 1}
    assert told(rafi) == ["approved", "started", "ended"]
    acts = AuditEvent.objects.filter(action__startswith="team.promotion").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == [
        "team.promotion_booked",
        "team.promotion_scheduled",
        "team.promotion_active",
        "team.promotion_expired",
    ]
    assert prove().faults == []


def test_a_booking_is_not_shown_before_staff_approve(client, wolves):
    booked = make_booking(wolves, headline="Trials on Friday.")
    shift(booked, hours=-1)
    assert "Trials on Friday." not in client.get("/").content.decode()


def test_rejected_with_the_reason_and_all_coins_are_free(wolves, rafi, boss):
    booked = make_booking(wolves)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        reject_promotion(actor=boss, promotion_id=booked.pk, reason=" ")
    assert (refusal.value.field, everything()) == ("reason", before)

    reject_promotion(actor=boss, promotion_id=booked.pk, reason="No betting sites.")
    booked.refresh_from_db()
    assert (booked.status, booked.reason, wallet(rafi), told(rafi)) == (
        "rejected",
        "No betting sites.",
        (100, 0),
        ["rejected"],
    )
    news = Notification.objects.get(recipient=rafi, type="teams.promotion_rejected")
    assert "No betting sites. 100" in news.body


def test_what_nobody_decided_by_its_start_lapses_and_costs_nothing(wolves, rafi, boss):
    booked = make_booking(wolves)
    shift(booked, seconds=-5)
    booked.refresh_from_db()
    assert (booked.state, booked.has_lapsed) == ("expired", True)
    with pytest.raises(Conflict):
        approve_promotion(actor=boss, promotion_id=booked.pk)

    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 1}
    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 0}
    assert (wallet(rafi), told(rafi)) == ((100, 0), ["lapsed"])


def test_the_ledger_frees_the_coins_at_the_start_even_when_no_task_of_teams_runs(wolves, rafi, boss):
    booked = make_booking(wolves)
    assert booked.hold.expires_at - booked.starts_at < timedelta(seconds=10)
    with time_machine.travel(booked.starts_at + timedelta(minutes=1)):
        assert release_expired_holds() == 1
        for decide in (approve_promotion, partial(reject_promotion, reason="Too late.")):
            with pytest.raises(Conflict):
                decide(actor=boss, promotion_id=booked.pk)
        assert (wallet(rafi), run_the_task()["expired_count"], wallet(rafi)) == ((100, 0), 1, (100, 0))


@pytest.mark.parametrize(
    ("begins", "by_staff", "back"),
    [
        ({"hours": 25}, False, 100),
        ({"hours": 23}, False, 50),
        ({"hours": 1}, True, 100),
        ({"hours": -1}, False, 0),
        ({"hours": -1}, True, 50),  # the first of two days has begun
        ({"hours": -25}, True, 0),
    ],
    ids=str,
)
def test_what_comes_back_follows_the_terms(wolves, rafi, boss, begins, by_staff, back):
    booked = make_booking(wolves)
    approve_promotion(actor=boss, promotion_id=booked.pk)
    shift(booked, **begins)

    if by_staff:
        cancel_promotion(actor=boss, promotion_id=booked.pk, reason="The site is down.")
    else:
        withdraw_promotion(actor=rafi, promotion_id=booked.pk)

    booked.refresh_from_db()
    assert (booked.status, booked.refunded, wallet(rafi)) == ("cancelled", back, (back, 0))
    assert told(rafi) == ["approved", "cancelled"] if by_staff else ["approved"]
    assert prove().faults == []


def test_a_half_is_rounded_up_for_who_paid(wolves, rafi, boss):
    make_place(price_per_day=25)
    give_coins(wolves, 25)
    booked = make_booking(wolves, place=False, rich=False, days=1)
    approve_promotion(actor=boss, promotion_id=booked.pk)
    shift(booked, hours=2)
    withdraw_promotion(actor=rafi, promotion_id=booked.pk)
    assert wallet(rafi) == (13, 0)


def test_withdrawn_before_a_decision_all_is_free_and_twice_is_once(wolves, rafi):
    booked = make_booking(wolves)
    withdraw_promotion(actor=rafi, promotion_id=booked.pk)
    after = everything()
    with pytest.raises(Conflict):
        withdraw_promotion(actor=rafi, promotion_id=booked.pk)
    assert (wallet(rafi), everything()) == ((100, 0), after)


def test_the_same_form_twice_is_one_booking(wolves, rafi):
    give_coins(wolves, 1000)
    form = uuid4()
    first = make_booking(wolves, rich=False, request_id=form)
    after = everything()
    assert make_booking(wolves, rich=False, request_id=form, ahead=9) == first
    assert (everything(), wallet(rafi)) == (after, (1000, 100))


def test_two_tabs_book_the_same_days_once(wolves, rafi):
    make_booking(wolves)
    give_coins(wolves, 100)
    before = everything()
    with pytest.raises(Conflict) as refusal:
        make_booking(wolves, rich=False, ahead=3)
    assert (refusal.value.field, everything()) == ("first_day", before)


def test_the_last_slot_of_a_day_is_sold_once_and_free_promotions_take_slots_too(wolves, boss):
    make_place(slots=2)
    make_promotion(make_team(), start=49, end=50)
    make_booking(make_team(), place=False)
    give_coins(wolves, 500)
    before = everything()
    with pytest.raises(Conflict) as refusal:
        make_booking(wolves, place=False, rich=False)
    assert ("Home page is full on" in refusal.value.message, everything()) == (True, before)
    with pytest.raises(Conflict):
        schedule_promotion(actor=boss, team_id=wolves.pk, kind="homepage", starts_at=hours(49), ends_at=hours(51))
    assert make_booking(wolves, place=False, rich=False, ahead=6).pk


def test_a_withdrawn_booking_gives_its_days_back(wolves, rafi):
    make_place(slots=1)
    booked = make_booking(wolves, place=False)
    withdraw_promotion(actor=rafi, promotion_id=booked.pk)
    assert make_booking(make_team(), place=False).pk


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_day": today()}, "first_day"),
        ({"first_day": today(61)}, "first_day"),
        ({"days": 0}, "days"),
        ({"days": 15}, "days"),
        ({"kind": "billboard"}, "kind"),
        ({"headline": "x" * 81}, "headline"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named_and_nothing_is_set_aside(wolves, rafi, changes, field):
    give_coins(wolves, 1000)
    make_place()
    before = everything()
    with pytest.raises(DomainError) as refusal:
        book(wolves, **changes)
    assert (refusal.value.field, everything()) == (field, before)


def test_too_few_coins_and_coins_set_aside_do_not_count(wolves, rafi):
    give_coins(wolves, 150)
    make_booking(wolves, rich=False)
    before = everything()
    with pytest.raises(NotEnoughCoins):
        make_booking(wolves, "spotlight", rich=False)
    assert everything() == before
    mim = make_user("mim")
    with pytest.raises(NotEnoughCoins):
        transfer(actor=rafi, sender=rafi.profile, recipient=mim.profile, amount=51)


def test_a_price_that_changed_meanwhile_is_said_before_it_is_paid(wolves, boss):
    give_coins(wolves, 500)
    make_place()
    change_place(actor=boss, kind="homepage", price_per_day=60)
    before = everything()
    with pytest.raises(Conflict) as refusal:
        make_booking(wolves, place=False, rich=False, expected_price=100)
    assert (refusal.value.code, everything()) == ("price_changed", before)


@pytest.mark.parametrize("closed", [{"is_public": False}, {"is_active": False}], ids=str)
def test_only_a_team_that_everybody_sees_is_booked_and_approved(wolves, boss, closed):
    booked = make_booking(wolves)
    type(wolves).objects.filter(pk=wolves.pk).update(**closed)
    with pytest.raises((Conflict, NotFound)):
        make_booking(wolves, ahead=9)
    with pytest.raises(Conflict):
        approve_promotion(actor=boss, promotion_id=booked.pk)


def test_nobody_but_the_captain_books_and_nobody_but_staff_decides(wolves, rafi):
    booked = make_booking(wolves)
    deputy, root = make_user(), make_user(is_superuser=True)
    add_member(wolves, deputy, "co_captain")
    before = everything()
    for person in (deputy, root, make_user()):
        with pytest.raises(PermissionRefused):
            make_booking(wolves, rich=False, actor=person, ahead=9)
        with pytest.raises(PermissionRefused):
            withdraw_promotion(actor=person, promotion_id=booked.pk)
    for act in (approve_promotion, cancel_promotion):
        with pytest.raises(PermissionRefused):
            act(actor=rafi, promotion_id=booked.pk)
    with pytest.raises(PermissionRefused):
        reject_promotion(actor=rafi, promotion_id=booked.pk, reason="No.")
    with pytest.raises(PermissionRefused):
        change_place(actor=rafi, kind="homepage", price_per_day=1)
    assert everything() == before


def test_a_team_that_disbands_ends_its_bookings_by_the_same_terms(wolves, rafi, boss):
    paid, waiting = make_booking(wolves), make_booking(wolves, "spotlight")
    free = make_promotion(wolves, "team_hub")
    approve_promotion(actor=boss, promotion_id=paid.pk)
    disband_team(actor=rafi, team_id=wolves.pk)
    statuses = dict(TeamPromotion.objects.values_list("pk", "status"))
    assert statuses == {paid.pk: "cancelled", waiting.pk: "cancelled", free.pk: "scheduled"}
    assert wallet(rafi) == (200, 0)


def test_coins_come_back_to_who_paid_also_when_somebody_else_is_captain_now(wolves, rafi, boss):
    booked = make_booking(wolves)
    approve_promotion(actor=boss, promotion_id=booked.pk)
    mim = make_user("mim")
    wolves.memberships.filter(role="captain").update(role="player")
    add_member(wolves, mim, "captain")
    type(wolves).objects.filter(pk=wolves.pk).update(captain=mim.profile)
    cancel_promotion(actor=boss, promotion_id=booked.pk, reason="The place closes.")
    assert (wallet(rafi), told(rafi)[-1], told(mim)) == ((100, 0), "cancelled", ["cancelled"])


@pytest.mark.parametrize(
    "broken",
    [{"price": 0}, {"hold": None}, {"refunded": 101}, {"status": "rejected"}, {"request_id": None}],
    ids=str,
)
def test_the_database_refuses_what_no_service_writes(wolves, broken):
    make_booking(wolves)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamPromotion.objects.update(**broken)


@pytest.mark.parametrize("changes", [{"slots": 0}, {"slots": 4}, {"price_per_day": 0}, {"longest": 93}], ids=str)
def test_staff_set_prices_and_figures_out_of_range_are_refused(boss, changes):
    make_place()
    before = list(PromotionPlace.objects.values())
    with pytest.raises(DomainError) as refusal:
        change_place(actor=boss, kind="homepage", **changes)
    assert (refusal.value.field in changes, list(PromotionPlace.objects.values())) == (True, before)
    change_place(actor=boss, kind="homepage", price_per_day=75, slots=1)
    assert AuditEvent.objects.get(action="team.promotion_place_changed").new == {"price_per_day": 75, "slots": 1}


def test_the_calendar_counts_what_stands_there_in_one_query(wolves, django_assert_num_queries):
    place = make_place(slots=2)
    make_booking(wolves, ahead=2, days=1)
    make_booking(make_team(), ahead=2, days=2)
    with django_assert_num_queries(1):
        days = {day.day: day for week in promotion_calendar.calendar(wolves, place) for day in week}
    assert [days[today(ahead)].state for ahead in (0, 1, 2, 3)] == ["past", "free", "ours", "free"]
    assert [days[today(ahead)].free for ahead in (1, 2, 3)] == [2, 0, 1]


# --- Pages and API ----------------------------------------------------------------------------------------------------


def test_the_captain_sees_the_price_books_and_cancels_on_the_page(client, wolves, rafi):
    make_place()
    give_coins(wolves, 130)
    client.force_login(rafi)
    page = reverse("teams:promotions", args=[wolves.slug])
    assert "50 DC a day" in client.get(page).content.decode().replace("\xa0", " ")

    shown = client.get(page, {"kind": "homepage", "first_day": today(2), "days": 2})
    quote = shown.context["quote"]
    assert (quote.price, quote.available, quote.left) == (100, 130, 30)
    assert all(term in shown.content.decode() for term in promotion_terms.TERMS)

    form = {"kind": "homepage", "first_day": today(2), "days": 2, "price": 100, "request_id": uuid4()}
    for _ in range(2):  # a double click
        done = client.post(reverse("teams:book_promotion", args=[wolves.slug]), form, follow=True)
        assert "Booked. 100 DC are set aside." in done.content.decode().replace("\xa0", " ")
    booked = TeamPromotion.objects.get()

    ending = reverse("teams:cancel_promotion", args=[wolves.slug, booked.pk])
    assert "All coins are free again" in client.get(ending).content.decode()
    client.post(ending)
    booked.refresh_from_db()
    assert (booked.status, wallet(rafi)) == ("cancelled", (130, 0))


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"days": 40}, "1 to 14 days."),
        ({"first_day": "2020-01-01"}, "From tomorrow"),
        ({"first_day": "soon"}, "Enter a valid date"),
        ({"days": 14}, "missing"),
    ],
    ids=str,
)
def test_the_page_says_what_stands_in_the_way_before_anything_is_paid(client, wolves, rafi, asked, says):
    make_place()
    give_coins(wolves, 130)
    client.force_login(rafi)
    before = everything()
    page = client.get(reverse("teams:promotions", args=[wolves.slug]), {"first_day": today(2), "days": 2, **asked})
    assert (says in page.content.decode(), everything()) == (True, before)


def test_the_entry_in_the_wallet_leads_to_the_promotion(client, wolves, rafi, boss):
    booked = make_booking(wolves)
    approve_promotion(actor=boss, promotion_id=booked.pk)
    client.force_login(rafi)
    entry = DeltaCrownTransaction.objects.get(cause=f"promotion:{booked.request_id}")
    page = client.get(entry.get_absolute_url()).content.decode()
    assert (reverse("teams:promotions", args=[wolves.slug]) in page, "Home page for Dhaka Wolves" in page) == (
        True,
        True,
    )


def test_the_api_books_once_and_says_the_terms(client, wolves, rafi):
    make_place()
    give_coins(wolves, 500)
    client.force_login(rafi)
    url = reverse("teams:api_promotions", args=[wolves.slug])
    listed = client.get(url).json()
    assert (listed["results"], len(listed["places"]), len(listed["terms"])) == ([], 3, 5)
    asked = {"kind": "homepage", "first_day": today(3), "days": 2, "expected_price": 100, "request_id": uuid4()}
    answers = [client.post(url, asked, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    ended = client.post(reverse("teams:api_cancel_promotion", args=[wolves.slug, answers[0].json()["id"]]))
    assert (ended.json()["state"], wallet(rafi)) == ("cancelled", (500, 0))
