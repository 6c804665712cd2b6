"""Sponsors: who proposes, who decides, which steps there are, and what the calendar does."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.core import jobs
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent, Job
from apps.notifications.models import Notification
from apps.teams import tasks
from apps.teams.models import TeamSponsor
from apps.teams.selectors import sponsors as selectors
from apps.teams.services import SponsorshipService
from apps.teams.services.sponsorship import (
    approve_sponsor,
    cancel_sponsor,
    expire_sponsors,
    propose_sponsor,
    reject_sponsor,
)
from deltacrown.celery import app
from tests.teams.people import add_member, make_team, make_user
from tests.teams.sponsoring import make_sponsor, today

pytestmark = pytest.mark.django_db
Status = TeamSponsor.Status


@pytest.fixture
def boss(db):
    return make_user("boss", is_superuser=True, is_staff=True)


def proposal(team, actor, **changes):
    asked = {"name": "Mirpur Tea", "tier": 2, "url": "https://tea.example/", "starts_on": today(), "ends_on": today(30)}
    return propose_sponsor(actor=actor, team_id=team.pk, **{**asked, **changes})


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("type", flat=True))


def test_the_captain_proposes_staff_approve_and_the_captain_hears_of_it(wolves, rafi, boss):
    sponsor = proposal(wolves, rafi, name="  Mirpur   Tea ")
    assert (sponsor.status, sponsor.name, selectors.shown_on(wolves)) == ("pending", "Mirpur Tea", [])

    approve_sponsor(actor=boss, sponsor_id=sponsor.pk)

    sponsor.refresh_from_db()
    assert (sponsor.status, sponsor.reviewed_by, sponsor.reviewed_at is None) == ("active", boss, False)
    assert selectors.shown_on(wolves) == [sponsor]
    assert told(rafi) == ["teams.sponsor_approved"]
    events = AuditEvent.objects.filter(action__startswith="team.sponsor").order_by("pk")
    assert [(event.action, event.actor_id) for event in events] == [
        ("team.sponsor_proposed", rafi.pk),
        ("team.sponsor_active", boss.pk),
    ]
    assert events[1].old == {"sponsor": sponsor.pk, "status": "pending"}


def test_staff_reject_with_a_reason_that_the_captain_reads(wolves, rafi, boss):
    sponsor = proposal(wolves, rafi)
    with pytest.raises(DomainError, match="Write the reason"):
        reject_sponsor(actor=boss, sponsor_id=sponsor.pk, reason="  ")
    reject_sponsor(actor=boss, sponsor_id=sponsor.pk, reason="No betting sites.")

    sponsor.refresh_from_db()
    assert (sponsor.status, sponsor.reason) == ("rejected", "No betting sites.")
    news = Notification.objects.get(recipient=rafi)
    assert (news.type, news.body) == ("teams.sponsor_rejected", "No betting sites.")


def test_the_captain_withdraws_and_ends_and_nobody_has_to_be_told(wolves, rafi):
    waiting, shown = make_sponsor(wolves, status="pending"), make_sponsor(wolves)
    for sponsor in (waiting, shown):
        cancel_sponsor(actor=rafi, sponsor_id=sponsor.pk)
        sponsor.refresh_from_db()
        assert sponsor.status == "cancelled"
    assert told(rafi) == []


def test_staff_end_it_early_with_a_reason(wolves, rafi, boss):
    sponsor = make_sponsor(wolves)
    with pytest.raises(DomainError, match="Write the reason"):
        cancel_sponsor(actor=boss, sponsor_id=sponsor.pk)
    cancel_sponsor(actor=boss, sponsor_id=sponsor.pk, reason="The shop closed.")
    assert (told(rafi), Notification.objects.get().body) == (["teams.sponsor_cancelled"], "The shop closed.")


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize(
    ("target", "act"),
    [
        (Status.ACTIVE, lambda boss, pk: approve_sponsor(actor=boss, sponsor_id=pk)),
        (Status.REJECTED, lambda boss, pk: reject_sponsor(actor=boss, sponsor_id=pk, reason="No.")),
        (Status.CANCELLED, lambda boss, pk: cancel_sponsor(actor=boss, sponsor_id=pk, reason="No.")),
    ],
    ids=["approve", "reject", "cancel"],
)
def test_each_step_is_in_the_table_or_refused(wolves, boss, status, target, act):
    sponsor = make_sponsor(wolves, status=status)
    before = TeamSponsor.objects.values().get(pk=sponsor.pk)

    if target in TeamSponsor.TRANSITIONS[status]:
        act(boss, sponsor.pk)
        assert TeamSponsor.objects.get(pk=sponsor.pk).status == target
    else:
        with pytest.raises(Conflict):
            act(boss, sponsor.pk)
        assert TeamSponsor.objects.values().get(pk=sponsor.pk) == before
        assert not AuditEvent.objects.exists()
        assert not Notification.objects.exists()


def test_the_table_names_every_status_and_what_ended_stays_ended():
    assert set(TeamSponsor.TRANSITIONS) == set(Status)
    assert all(not TeamSponsor.TRANSITIONS[status] for status in (Status.EXPIRED, Status.REJECTED, Status.CANCELLED))


@pytest.mark.parametrize("role", ["co_captain", "manager", "player"])
def test_nobody_but_the_captain_proposes_or_cancels(wolves, role):
    other = make_user()
    add_member(wolves, other, role)
    sponsor = make_sponsor(wolves)
    with pytest.raises(PermissionRefused):
        proposal(wolves, other)
    with pytest.raises(PermissionRefused):
        cancel_sponsor(actor=other, sponsor_id=sponsor.pk)
    assert list(TeamSponsor.objects.values_list("pk", "status")) == [(sponsor.pk, "active")]


def test_a_captain_does_not_approve_his_own(wolves, rafi):
    sponsor = make_sponsor(wolves, status="pending")
    with pytest.raises(PermissionRefused):
        approve_sponsor(actor=rafi, sponsor_id=sponsor.pk)
    with pytest.raises(PermissionRefused):
        reject_sponsor(actor=rafi, sponsor_id=sponsor.pk, reason="No.")
    sponsor.refresh_from_db()
    assert sponsor.status == "pending"


def test_a_disbanded_team_has_no_sponsors_to_decide_about(wolves, boss):
    sponsor = make_sponsor(wolves, status="pending")
    wolves.is_active = False
    wolves.save()
    with pytest.raises(NotFound):
        approve_sponsor(actor=boss, sponsor_id=sponsor.pk)
    with pytest.raises(NotFound):
        approve_sponsor(actor=boss, sponsor_id=sponsor.pk + 999)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "http://tea.example/"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://"}, "url"),
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"tier": 9}, "tier"),
        ({"ends_on": "before"}, "ends_on"),
        ({"ends_on": "past"}, "ends_on"),
        ({"ends_on": "far"}, "ends_on"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_written(wolves, rafi, changes, field):
    days = {
        "before": {"starts_on": today(9), "ends_on": today(8)},
        "past": {"starts_on": today(-9), "ends_on": today(-1)},
    }
    days["far"] = {"ends_on": today(366)}
    with pytest.raises(DomainError) as refusal:
        proposal(wolves, rafi, **days.get(changes.get("ends_on"), changes))
    assert refusal.value.field == field
    assert not TeamSponsor.objects.exists()


def test_the_longest_sponsorship_is_a_year_and_a_day(wolves, rafi):
    assert proposal(wolves, rafi, ends_on=today(365)).pk


def test_one_sponsor_is_open_once_and_can_come_back_after_its_end(wolves, rafi):
    old = make_sponsor(wolves, "MIRPUR TEA")
    with pytest.raises(Conflict, match="proposed or shown already"):
        proposal(wolves, rafi)
    # Its last day was yesterday and the task has not come by.
    TeamSponsor.objects.filter(pk=old.pk).update(starts_on=today(-9), ends_on=today(-1))

    assert proposal(wolves, rafi).status == "pending"

    old.refresh_from_db()
    assert (old.status, told(rafi)) == ("expired", ["teams.sponsor_ended"])


def test_a_team_has_six_sponsors_at_most(wolves, rafi):
    for _ in range(6):
        make_sponsor(wolves)
    with pytest.raises(Conflict, match="at most 6"):
        proposal(wolves, rafi)
    TeamSponsor.objects.filter(pk=wolves.sponsors.first().pk).update(starts_on=today(-9), ends_on=today(-1))
    assert proposal(wolves, rafi).pk


@pytest.mark.parametrize(
    ("status", "first", "last", "shown", "state"),
    [
        ("active", 0, 0, True, "active"),
        ("active", -5, 0, True, "active"),
        ("active", 1, 5, False, "upcoming"),
        ("active", -5, -1, False, "expired"),
        ("pending", -1, 5, False, "pending"),
        ("pending", -5, -1, False, "expired"),
        ("rejected", -1, 5, False, "rejected"),
        ("cancelled", -1, 5, False, "cancelled"),
        ("expired", -1, 5, False, "expired"),
    ],
)
def test_the_dates_decide_what_is_shown_before_any_task_ran(client, wolves, status, first, last, shown, state):
    sponsor = make_sponsor(wolves, "Mirpur Tea", status=status, first=first, last=last)
    assert sponsor.state == state
    assert ("Mirpur Tea" in client.get(wolves.get_absolute_url()).content.decode()) is shown
    assert client.get(sponsor.get_absolute_url()).status_code == (302 if shown else 404)


def test_a_new_day_begins_in_dhaka_and_not_in_greenwich(wolves, monkeypatch):
    sponsor = make_sponsor(wolves)
    TeamSponsor.objects.filter(pk=sponsor.pk).update(starts_on="2026-01-10", ends_on="2026-01-10")
    at = "2026-01-09T{}+00:00"
    seen = []
    for moment in ("17:59:59", "18:00:00"):
        now = timezone.datetime.fromisoformat(at.format(moment))
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        seen.append(len(selectors.shown_on(wolves)))
    assert seen == [0, 1]


def test_the_task_settles_what_is_over_once_and_tells_the_captain_once(wolves, rafi):
    over, waiting = make_sponsor(wolves, first=-9, last=-1), make_sponsor(wolves, status="pending", first=-9, last=-1)
    kept = make_sponsor(wolves, last=0)
    done = make_sponsor(wolves, status="rejected", first=-9, last=-1)

    assert tasks.expire_sponsors_task.run() == {"status": "success", "expired_count": 2}
    assert tasks.expire_sponsors_task.run() == {"status": "success", "expired_count": 0}

    statuses = dict(TeamSponsor.objects.values_list("pk", "status"))
    assert statuses == {over.pk: "expired", waiting.pk: "expired", kept.pk: "active", done.pk: "rejected"}
    assert told(rafi) == ["teams.sponsor_ended", "teams.sponsor_ended"]
    assert AuditEvent.objects.filter(action="team.sponsor_expired", actor_id=None).count() == 2


def test_the_task_runs_as_a_job_under_the_names_of_the_operations_manual(wolves, django_capture_on_commit_callbacks):
    make_sponsor(wolves, first=-9, last=-1)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        jobs.enqueue("teams.expire_sponsors_task")
    assert Job.objects.get(name="teams.expire_sponsors_task").state == "succeeded"
    assert TeamSponsor.objects.get().status == "expired"
    entry = app.conf.beat_schedule["expire-sponsors-daily"]
    assert (entry["task"], entry["schedule"].hour, entry["schedule"].minute) == ("teams.expire_sponsors_task", {3}, {0})
    assert SponsorshipService.expire_sponsors is expire_sponsors


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "gone"},
        {"tier": 5},
        {"ends_on": "2020-01-01"},
        {"url": "http://tea.example/"},
        {"status": "rejected", "reason": ""},
        {"status": "pending"},
        {"reviewed_at": None},
    ],
    ids=str,
)
def test_the_database_refuses_what_no_service_writes(wolves, broken):
    sponsor = make_sponsor(wolves)
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamSponsor.objects.filter(pk=sponsor.pk).update(**broken)


# --- Staff ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings, boss):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(boss)
    return lambda action, sponsor, **words: client.post(
        reverse("admin:teams_teamsponsor_changelist"),
        {"action": action, "_selected_action": [sponsor.pk], **words},
        follow=True,
    )


def test_staff_see_what_waits_and_decide_in_the_queue(desk, client, wolves, rafi):
    waiting, bad, shown = make_sponsor(wolves, "Tea", status="pending"), make_sponsor(wolves, status="pending"), None
    shown = make_sponsor(wolves, "Coffee")
    page = client.get(reverse("admin:teams_teamsponsor_changelist"), {"status__exact": "pending"}).content.decode()
    assert ("Tea" in page, "Coffee" in page) == (True, False)

    desk("approve", waiting)
    assert "Write the reason" in desk("reject", bad).content.decode()
    desk("reject", bad, reason="No betting sites.")
    desk("end", shown, reason="The shop closed.")

    assert dict(TeamSponsor.objects.values_list("pk", "status")) == {
        waiting.pk: "active",
        bad.pk: "rejected",
        shown.pk: "cancelled",
    }
    assert sorted(told(rafi)) == ["teams.sponsor_approved", "teams.sponsor_cancelled", "teams.sponsor_rejected"]


def test_staff_type_nothing_into_a_sponsor(desk, client, wolves):
    sponsor = make_sponsor(wolves, status="pending")
    url = reverse("admin:teams_teamsponsor_change", args=[sponsor.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"status": "active"}).status_code == 403
    assert client.get(reverse("admin:teams_teamsponsor_add")).status_code == 403


def test_staff_without_the_right_have_no_actions(client, settings, wolves):
    from django.contrib.auth.models import Permission

    settings.ADMIN_REQUIRE_MFA = False
    clerk = make_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_teamsponsor"))
    sponsor = make_sponsor(wolves, status="pending")
    client.force_login(clerk)
    client.post(reverse("admin:teams_teamsponsor_changelist"), {"action": "approve", "_selected_action": [sponsor.pk]})
    sponsor.refresh_from_db()
    assert sponsor.status == "pending"


def test_the_sponsors_of_another_team_are_not_ended_through_mine(client, wolves, rafi):
    elsewhere = make_sponsor(make_team())
    client.force_login(rafi)
    response = client.post(reverse("teams:cancel_sponsor", args=[wolves.slug, elsewhere.pk]))
    elsewhere.refresh_from_db()
    assert (response.status_code, elsewhere.status) == (404, "active")
