"""The verified mark: asked for with evidence, given by staff, with a reason for a no."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from apps.core.models import AuditEvent
from apps.notifications.models import Notification
from apps.teams.models import TeamVerification
from apps.teams.personal_data import personal_data
from apps.teams.services import verification as services
from tests.teams.people import add_member, make_team, make_user
from tests.teams.test_pages import text

pytestmark = pytest.mark.django_db
EVIDENCE = "We have played the Dhaka Open since 2024, see example.com/dhaka-wolves."
PAGE = "/teams/dhaka-wolves/manage/verification/"


@pytest.fixture
def moderator():
    user = make_user("moderator", is_staff=True)
    wanted = ("view_teamverification", "change_teamverification")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return user


def ask(team, actor=None):
    return services.request_verification(actor=actor or team.captain.user, team_id=team.pk, evidence=EVIDENCE)


def told():
    return list(Notification.objects.order_by("pk").values_list("type", "recipient__username"))


def test_a_yes_marks_the_team_and_tells_the_captain(wolves, rafi, moderator, published):
    request = ask(wolves)

    services.approve_verification(actor=moderator, verification_id=request.pk)

    wolves.refresh_from_db()
    request.refresh_from_db()
    assert (wolves.is_verified, request.status, request.reviewed_by) == (True, "approved", moderator)
    assert told() == [("teams.verification_approved", "rafi")]
    assert [type(event).__name__ for event in published()] == ["TeamUpdated"]
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "team.verification_requested",
        "team.verification_approved",
        "team.flags_set",
    ]


def test_a_no_carries_its_reason_and_a_week_of_patience(wolves, rafi, moderator):
    request = ask(wolves)
    services.reject_verification(actor=moderator, verification_id=request.pk, reason="The page\n does not name you.")

    wolves.refresh_from_db()
    assert not wolves.is_verified
    assert told() == [("teams.verification_rejected", "rafi")]
    with pytest.raises(Conflict, match=r"Staff said no lately\. Ask again on "):
        ask(wolves)
    TeamVerification.objects.update(reviewed_at=timezone.now() - timezone.timedelta(days=7))
    assert ask(wolves).status == "pending"


def test_a_no_needs_a_reason(wolves, moderator):
    request = ask(wolves)
    with pytest.raises(DomainError) as refusal:
        services.reject_verification(actor=moderator, verification_id=request.pk, reason="  ")

    request.refresh_from_db()
    assert (refusal.value.field, request.status, told()) == ("reason", "pending", [])


def test_one_request_waits_at_a_time_and_a_verified_team_has_nothing_to_ask(wolves, moderator):
    first = ask(wolves)
    with pytest.raises(Conflict, match="A request waits for staff already"):
        ask(wolves)
    services.approve_verification(actor=moderator, verification_id=first.pk)
    with pytest.raises(Conflict, match="Dhaka Wolves is verified already"):
        ask(wolves)
    assert TeamVerification.objects.count() == 1


@pytest.mark.parametrize("evidence", ["", "Trust us.", " \n" * 30, "x" * 1501])
def test_evidence_has_a_measure_in_form_and_service(client, wolves, rafi, evidence):
    client.force_login(rafi)
    page = client.post(PAGE, {"evidence": evidence})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["evidence"])
    with pytest.raises(DomainError) as refusal:
        services.request_verification(actor=rafi, team_id=wolves.pk, evidence=evidence)
    assert refusal.value.field == "evidence"
    assert not TeamVerification.objects.exists()


def test_only_the_captain_asks_and_only_staff_outside_the_team_decide(wolves, rafi, mim, moderator):
    add_member(wolves, mim, "co_captain")
    with pytest.raises(PermissionRefused):
        ask(wolves, mim)
    request = ask(wolves)
    add_member(wolves, moderator)
    for actor in (rafi, mim, moderator):
        with pytest.raises(PermissionRefused):
            services.approve_verification(actor=actor, verification_id=request.pk)

    wolves.refresh_from_db()
    request.refresh_from_db()
    assert (wolves.is_verified, request.status, told()) == (False, "pending", [])


def test_a_settled_request_is_not_settled_again(wolves, moderator):
    request = ask(wolves)
    services.withdraw_verification(actor=wolves.captain.user, team_id=wolves.pk)
    with pytest.raises(Conflict, match="withdrawn already"):
        services.approve_verification(actor=moderator, verification_id=request.pk)
    with pytest.raises(NotFound):
        services.withdraw_verification(actor=wolves.captain.user, team_id=wolves.pk)
    with pytest.raises(NotFound):
        services.approve_verification(actor=moderator, verification_id=10**9)


def test_staff_work_through_the_queue_in_the_admin(client, wolves, moderator, settings):
    settings.ADMIN_REQUIRE_MFA = False
    other = make_team("Ravens")
    ask(wolves)
    ask(other)
    client.force_login(moderator)
    queue = reverse("admin:teams_teamverification_changelist")
    waiting = {request.team.name: request.pk for request in TeamVerification.objects.select_related("team")}

    answer = client.post(queue, {"action": "approve", "_selected_action": [waiting["Dhaka Wolves"]]}, follow=True)
    assert "Dhaka Wolves is verified." in text(answer)
    answer = client.post(
        queue, {"action": "reject", "_selected_action": [waiting["Ravens"]], "reason": ""}, follow=True
    )
    assert "Ravens: Write the reason: the captain reads it." in text(answer)
    client.post(queue, {"action": "reject", "_selected_action": [waiting["Ravens"]], "reason": "No links."})

    assert dict(TeamVerification.objects.values_list("team__name", "status")) == {
        "Dhaka Wolves": "approved",
        "Ravens": "rejected",
    }


def test_the_page_tells_where_it_stands(client, wolves, rafi, moderator):
    client.force_login(rafi)
    assert "Ask for the mark" in text(client.get(PAGE))
    client.post(PAGE, {"evidence": EVIDENCE})
    waiting = text(client.get(PAGE))
    assert "Staff are looking" in waiting
    assert EVIDENCE in waiting
    request = TeamVerification.objects.get()
    services.reject_verification(actor=moderator, verification_id=request.pk, reason="No links.")
    refused = text(client.get(PAGE))
    assert "You can ask again on" in refused
    assert "Staff: No links." in refused


def test_who_asked_takes_it_along(wolves, rafi):
    ask(wolves)
    assert [found["evidence"] for found in personal_data(rafi)["team_verifications_requested"]] == [EVIDENCE]
