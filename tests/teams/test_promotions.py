"""Promotions: staff schedule them, the dates show them, the task settles and tells."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams import tasks
from apps.teams.models import TeamPromotion
from apps.teams.selectors import promotions as selectors
from apps.teams.services import PromotionService
from apps.teams.services.promotions import (
    activate_scheduled_promotions,
    cancel_promotion,
    expire_promotions,
    schedule_promotion,
)
from deltacrown.celery import app
from tests.teams.people import make_team, make_user
from tests.teams.sponsoring import hours, make_promotion
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
Status = TeamPromotion.Status
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("type", flat=True))


def schedule(actor, team, *, start=1, end=24, **changes):
    asked = {"kind": "homepage", "starts_at": hours(start), "ends_at": hours(end), **changes}
    return schedule_promotion(actor=actor, team_id=team.pk, **asked)


def run_the_task():
    return tasks.process_scheduled_promotions_task.run()


def test_staff_schedule_and_the_captain_hears_of_each_step_once(wolves, rafi, boss):
    promotion = schedule(boss, wolves)
    assert (promotion.status, promotion.created_by) == ("scheduled", boss)
    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 0}

    TeamPromotion.objects.update(starts_at=hours(-1))
    assert run_the_task() == {"status": "success", "activated_count": 1, "expired_count": 0}
    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 0}
    promotion.refresh_from_db()
    assert promotion.status == "active"

    TeamPromotion.objects.update(starts_at=hours(-3), ends_at=hours(-1))
    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 1}
    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 0}
    promotion.refresh_from_db()
    assert promotion.status == "expired"

    assert told(rafi) == ["teams.promotion_scheduled", "teams.promotion_started", "teams.promotion_ended"]
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "team.promotion_scheduled",
        "team.promotion_active",
        "team.promotion_expired",
    ]


def test_a_run_that_was_missed_goes_straight_to_the_end(wolves):
    promotion = make_promotion(wolves, start=-9, end=-1)
    assert run_the_task() == {"status": "success", "activated_count": 0, "expired_count": 1}
    promotion.refresh_from_db()
    assert promotion.status == "expired"


@pytest.mark.parametrize(
    ("status", "start", "end", "shown", "state"),
    [
        ("scheduled", -1, 1, True, "active"),  # the task has not come by
        ("active", -1, 1, True, "active"),
        ("scheduled", 1, 2, False, "scheduled"),
        ("active", -2, -1, False, "expired"),  # nor here
        ("cancelled", -1, 1, False, "cancelled"),
        ("expired", -1, 1, False, "expired"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "page"), [("homepage", "/"), ("team_hub", "/teams/"), ("spotlight", "/"), ("spotlight", "/teams/")]
)
def test_the_dates_decide_what_its_place_shows(client, wolves, kind, page, status, start, end, shown, state):
    promotion = make_promotion(wolves, kind, start=start, end=end, status=status, headline="Trials on Friday.")
    assert promotion.state == state
    assert ("Trials on Friday." in client.get(page).content.decode()) is shown


def test_it_ends_at_its_last_moment_and_not_after(wolves):
    promotion = make_promotion(wolves)
    running = TeamPromotion.objects.running
    at = {"start": promotion.starts_at, "end": promotion.ends_at}
    step = timedelta(microseconds=1)
    seen = [running(moment).exists() for moment in (at["start"] - step, at["start"], at["end"] - step, at["end"])]
    assert seen == [False, True, True, False]


def test_each_place_shows_its_own_and_a_search_none(client, wolves):
    make_promotion(wolves, "homepage", headline="On the home page")
    make_promotion(wolves, "team_hub", headline="In the directory")
    home, hub = client.get("/").content.decode(), client.get("/teams/").content.decode()
    assert ("On the home page" in home, "In the directory" in home) == (True, False)
    assert ("On the home page" in hub, "In the directory" in hub) == (False, True)
    assert "In the directory" not in client.get("/teams/", {"search": "wolves"}).content.decode()


@pytest.mark.parametrize("hidden", [{"is_public": False}, {"is_active": False}], ids=str)
def test_a_team_that_not_everybody_may_see_is_not_put_forward(client, wolves, hidden):
    make_promotion(wolves, "homepage", headline="Trials on Friday.")
    make_promotion(wolves, "spotlight", headline="Trials on Friday.")
    type(wolves).objects.filter(pk=wolves.pk).update(**hidden)
    assert "Trials on Friday." not in client.get("/").content.decode()


def test_several_in_the_spotlight_take_turns_by_the_hour(wolves):
    first, second = make_promotion(wolves, "spotlight"), make_promotion(make_team(), "spotlight")
    now = timezone.now()
    turns = [selectors.shown_in("homepage", now + timedelta(hours=ahead)).spotlight for ahead in range(4)]
    assert {turns[0], turns[1]} == {first, second}
    assert turns[:2] == turns[2:]


def test_a_place_shows_three_in_one_query(django_assert_num_queries):
    for _ in range(5):
        make_promotion(make_team())
        make_promotion(make_team(), "spotlight")
    # One for the promotions of both places with their teams.
    with django_assert_num_queries(1):
        shown = selectors.shown_in("homepage")
        assert len([promotion.team.name for promotion in shown.promoted]) == 3
        assert shown.spotlight.team.name


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "billboard"}, "kind"),
        ({"start": 6, "end": 5}, "ends_at"),
        ({"start": -5, "end": -1}, "ends_at"),
        ({"end": 24 * 94}, "ends_at"),
        ({"headline": "x" * 81}, "headline"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(wolves, boss, changes, field):
    with pytest.raises(DomainError) as refusal:
        schedule(boss, wolves, **changes)
    assert refusal.value.field == field
    assert not TeamPromotion.objects.exists()


def test_a_team_stands_in_a_place_once_at_a_time(wolves, boss):
    schedule(boss, wolves, start=1, end=10)
    with pytest.raises(Conflict):
        schedule(boss, wolves, start=9, end=12)
    later = schedule(boss, wolves, start=10.5, end=12)
    assert schedule(boss, wolves, start=9, end=12, kind="spotlight").pk
    assert schedule(boss, make_team(), start=9, end=12).pk
    cancel_promotion(actor=boss, promotion_id=later.pk)
    assert schedule(boss, wolves, start=10.5, end=12).pk


def test_nobody_but_staff_with_the_right_schedules_or_cancels(wolves, rafi):
    promotion = make_promotion(wolves)
    with pytest.raises(PermissionRefused):
        schedule(rafi, wolves)
    with pytest.raises(PermissionRefused):
        cancel_promotion(actor=rafi, promotion_id=promotion.pk)
    assert list(TeamPromotion.objects.values_list("pk", "status")) == [(promotion.pk, "scheduled")]


def test_what_does_not_exist_is_neither_promoted_nor_cancelled(wolves, boss):
    type(wolves).objects.update(is_active=False)
    with pytest.raises(NotFound):
        schedule(boss, wolves)
    with pytest.raises(NotFound):
        cancel_promotion(actor=boss, promotion_id=999_999)


@pytest.mark.parametrize("status", ["scheduled", "active", "expired", "cancelled"])
def test_what_is_over_is_not_cancelled(wolves, rafi, boss, status):
    promotion = make_promotion(wolves, status=status)
    if Status.CANCELLED in TeamPromotion.TRANSITIONS[status]:
        cancel_promotion(actor=boss, promotion_id=promotion.pk)
        assert told(rafi) == ["teams.promotion_cancelled"]
    else:
        with pytest.raises(Conflict):
            cancel_promotion(actor=boss, promotion_id=promotion.pk)
        assert (told(rafi), AuditEvent.objects.exists()) == ([], False)
    promotion.refresh_from_db()
    assert promotion.status == ("expired" if status == Status.EXPIRED else "cancelled")


@pytest.mark.parametrize(
    "broken", [{"status": "gone"}, {"kind": "billboard"}, {"ends_at": "2020-01-01T00:00Z"}], ids=str
)
def test_the_database_refuses_what_no_service_writes(wolves, broken):
    make_promotion(wolves)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamPromotion.objects.update(**broken)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_settle_each_promotion_once(wolves):
    begun = make_promotion(wolves)
    over = make_promotion(make_team(), start=-9, end=-1)
    counts = Counter()

    def run():
        counts.update(activated=activate_scheduled_promotions(), expired=expire_promotions())

    assert at_once(*[run] * 8) == {"done": 8}
    assert counts == {"activated": 1, "expired": 1}
    assert dict(TeamPromotion.objects.values_list("pk", "status")) == {begun.pk: "active", over.pk: "expired"}
    assert Notification.objects.count() == AuditEvent.objects.count() == 2


def test_the_names_of_the_operations_manual():
    entry = app.conf.beat_schedule["process-scheduled-promotions"]
    assert (entry["task"], entry["schedule"].minute) == ("teams.process_scheduled_promotions_task", {0})
    assert len(entry["schedule"].hour) == 24
    assert PromotionService.activate_scheduled_promotions is activate_scheduled_promotions
    assert PromotionService.expire_promotions is expire_promotions


# --- Staff ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings, boss):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(boss)
    return client


def typed(team, start, end):
    moments = {"starts_at": timezone.localtime(hours(start)), "ends_at": timezone.localtime(hours(end))}
    split = {
        f"{name}_{place}": f"{moment:{pattern}}"
        for name, moment in moments.items()
        for place, pattern in ((0, "%Y-%m-%d"), (1, "%H:%M:%S"))
    }
    return {"team": team.pk, "kind": "homepage", "headline": "Trials", **split}


def test_staff_schedule_in_the_admin_and_a_refusal_stands_in_the_form(desk, wolves, rafi, boss):
    url = reverse("admin:teams_teampromotion_add")
    assert desk.get(url).status_code == 200
    assert desk.post(url, typed(wolves, 1, 24)).status_code == 302

    promotion = TeamPromotion.objects.get()
    assert (promotion.team, promotion.headline, promotion.created_by) == (wolves, "Trials", boss)
    assert (told(rafi), AuditEvent.objects.filter(action="team.promotion_scheduled").count()) == (
        ["teams.promotion_scheduled"],
        1,
    )

    again = desk.post(url, typed(wolves, 2, 5))
    assert (again.status_code, "has a promotion there" in again.content.decode()) == (200, True)
    assert TeamPromotion.objects.count() == 1


def test_staff_filter_look_and_cancel_and_change_nothing_by_hand(desk, wolves):
    promotion = make_promotion(wolves)
    listed = reverse("admin:teams_teampromotion_changelist")
    assert (
        "Dhaka Wolves" in desk.get(listed, {"status__exact": "scheduled", "kind__exact": "homepage"}).content.decode()
    )
    change = reverse("admin:teams_teampromotion_change", args=[promotion.pk])
    assert desk.get(change).status_code == 200
    assert desk.post(change, typed(wolves, 1, 2)).status_code == 403

    desk.post(listed, {"action": "cancel", "_selected_action": [promotion.pk]})

    promotion.refresh_from_db()
    assert promotion.status == "cancelled"
