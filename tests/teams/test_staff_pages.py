"""Staff work through what waits: on a phone without JavaScript, from the page of the thing itself."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse

from apps.accounts.models import User
from apps.core import staff_queues
from apps.notifications.models import Notification
from apps.teams.models import Team, TeamSponsor, TeamVerification
from tests.teams.people import make_team, make_user
from tests.teams.sponsoring import make_sponsor

RIGHTS = ("view_team", "change_team", "view_teamsponsor", "change_teamsponsor", "view_teamverification")
RIGHTS += ("change_teamverification", "view_teampromotion", "change_teampromotion", "view_rosterchange")


def staff(*rights: str) -> User:
    user = make_user("moderator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_a_refusal_and_then_a_decision_on_the_page_itself(person, live_site):
    team = make_team("Dhaka Wolves")
    sponsor = make_sponsor(team, "Lucky Spin", status="pending")
    phone = person("phone", js=False)
    phone.log_in(staff(*RIGHTS))
    phone.visit(page_of(sponsor))

    phone.page.get_by_role("button", name="Reject, with the reason").click()
    assert phone.page.url.endswith(page_of(sponsor))
    assert "Lucky Spin: Write the reason" in phone.page.inner_text("body")
    phone.page.get_by_label("Reason", exact=True).fill("No betting sites.")
    phone.page.get_by_role("button", name="Reject, with the reason").click()

    assert "Lucky Spin rejected." in phone.page.inner_text("body")
    assert phone.page.locator("#acts").count() == 0, "there is nothing left to decide"
    sponsor.refresh_from_db()
    assert (sponsor.status, sponsor.reason) == ("rejected", "No betting sites.")
    assert Notification.objects.filter(type="teams.sponsor_rejected").count() == 1


@pytest.mark.django_db
def test_only_what_makes_sense_is_offered(client, settings):
    settings.ADMIN_REQUIRE_MFA = False
    team = make_team("Dhaka Wolves")
    client.force_login(staff(*RIGHTS))
    offered = client.get(page_of(team)).context["acts"]
    assert [act["name"] for act in offered] == ["verify", "feature"]
    Team.objects.update(is_verified=True)
    offered = client.get(page_of(team)).context["acts"]
    assert [act["name"] for act in offered] == ["unverify", "feature"]


@pytest.mark.django_db
def test_who_may_only_look_is_offered_nothing_and_can_post_nothing(client, settings):
    settings.ADMIN_REQUIRE_MFA = False
    sponsor = make_sponsor(make_team("Dhaka Wolves"), "Mirpur Tea", status="pending")
    client.force_login(staff("view_teamsponsor"))
    assert client.get(page_of(sponsor)).context["acts"] == []
    client.post(
        reverse("admin:teams_teamsponsor_changelist"),
        {"action": "approve", "_selected_action": [sponsor.pk], "from_page": sponsor.pk},
    )
    assert TeamSponsor.objects.get().status == "pending"


@pytest.mark.django_db
def test_what_waits_stands_on_the_first_page_for_those_who_may_see_it(client, settings):
    settings.ADMIN_REQUIRE_MFA = False
    cache.delete(staff_queues.CACHE_KEY)
    make_sponsor(make_team("Dhaka Wolves"), "Mirpur Tea", status="pending")
    make_sponsor(make_team("Ravens"), "Shown already", status="active")
    client.force_login(staff("view_teamsponsor"))

    assert [(queue["name"], queue["number"]) for queue in client.get("/admin/").context["queues"]] == [("Sponsors", 1)]
    client.force_login(make_user("operator", is_staff=True))
    assert client.get("/admin/").context["queues"] == []


def test_the_lists_and_forms_of_staff_are_accessible(person, live_site):
    team = make_team("Dhaka Wolves")
    make_sponsor(team, "Mirpur Tea", status="pending")
    asked = TeamVerification.objects.create(team=team, evidence="See example.com", requested_by=team.captain.user)
    moderator = staff(*RIGHTS)
    for size in ("phone", "desktop"):
        desk = person(size)
        desk.log_in(moderator)
        for page in (
            reverse("admin:index"),
            reverse("admin:teams_team_changelist"),
            page_of(team),
            reverse("admin:teams_teamsponsor_changelist"),
            page_of(asked),
            reverse("admin:teams_rosterchange_changelist"),
            reverse("admin:teams_teampromotion_add"),
        ):
            desk.visit(page)
            desk.assert_accessible()
