"""A team lives: a recruit asks, a captain answers, a member plays along, staff look after it."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import expect

from apps.teams.models import TeamMembership
from tests.journeys.steps import fill, press
from tests.teams.people import add_member, make_team, make_user


def go(who: Any, path: str) -> None:
    """Open a page and have axe look at it."""
    who.visit(path)
    who.assert_accessible()


def joins(recruit: Any, captain: Any) -> None:
    """The recruit finds the team and asks; the captain hears of it at once and says yes."""
    captain.visit("/teams/dhaka-wolves/manage/requests/")
    captain.page.wait_for_selector("[data-bell][data-live=socket]")
    go(recruit, "/teams/?search=dahka+wolves")
    recruit.page.get_by_role("main").get_by_role("link", name="Dhaka Wolves").first.click()
    recruit.page.get_by_role("link", name="Ask to join").click()
    recruit.page.locator("main [name=message]").wait_for()
    recruit.assert_accessible()
    press(recruit, "Send request")
    expect(recruit.page.locator("main .field-error").first).to_be_visible()  # this team wants a message
    recruit.assert_accessible()
    fill(recruit, message="I play Controller, most evenings after nine.")
    press(recruit, "Send request")
    expect(recruit.page.get_by_role("region", name="My requests")).to_contain_text("Dhaka Wolves")
    recruit.assert_accessible()

    expect(captain.page.locator("[data-bell-count]")).to_have_text("1")
    go(captain, "/teams/dhaka-wolves/manage/requests/")
    expect(captain.page.get_by_role("main")).to_contain_text("most evenings after nine")
    captain.page.get_by_role("button", name="Accept mim").click()
    expect(captain.page.get_by_role("main")).to_contain_text("Accepted")
    go(recruit, "/teams/dhaka-wolves/")
    expect(recruit.page.get_by_role("main")).to_contain_text("mim")


def opens_acts(captain: Any) -> None:
    """The captain lets members plan practice, and reads in the log who did what."""
    go(captain, "/teams/dhaka-wolves/manage/settings/")
    captain.page.locator("#members").get_by_label("Schedule practice").check()
    press(captain, "Save permissions")
    go(captain, "/teams/dhaka-wolves/manage/log/")
    expect(captain.page.get_by_role("main")).to_contain_text("accepted the request of mim")


def plays_along(member: Any, captain: Any) -> None:
    """The member plans practice, the captain says yes; the member posts and talks, the captain reads it live."""
    go(member, "/teams/dhaka-wolves/practice/plan/")
    day = timezone.localdate() + timedelta(days=2)
    fill(member, title="Scrim night", day=day.isoformat(), begins="21:00", ends="23:00")
    press(member, "Plan practice")
    expect(member.page.get_by_role("main")).to_contain_text("Scrim night")
    go(captain, "/teams/dhaka-wolves/practice/")
    captain.page.get_by_role("main").get_by_role("button", name="Yes: Scrim night").first.click()
    expect(captain.page.get_by_role("button", name="Yes: Scrim night").first).to_have_attribute("aria-pressed", "true")

    go(member, "/teams/dhaka-wolves/posts/new/")
    fill(member, title="First scrim", body="We lost, and learned **a lot**.")
    press(member, "Publish")
    expect(member.page.get_by_role("heading", name="First scrim")).to_be_visible()
    member.assert_accessible()

    go(captain, "/teams/dhaka-wolves/chat/")
    captain.page.wait_for_selector("[data-chat][data-live=socket]")
    go(member, "/teams/dhaka-wolves/chat/")
    fill(member, body="On my way.")
    press(member, "Send message")
    expect(captain.page.get_by_role("log")).to_contain_text("On my way.")
    for tab in ("activity", "board", "achievements", "results", "stats", "rank", "history", "followers"):
        go(member, f"/teams/dhaka-wolves/{tab}/")


def looks_after(staff: Any, captain: Any) -> None:
    """Staff verify the team in the admin; visitors see it at once."""
    staff.visit("/admin/teams/team/?q=Dhaka+Wolves")
    staff.page.locator("#action-toggle").check()
    staff.page.locator("select[name=action]").select_option("verify")
    staff.page.get_by_role("button", name="Run").click()
    go(captain, "/teams/dhaka-wolves/")
    expect(captain.page.get_by_role("main")).to_contain_text("Verified")


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_a_team_lives(person: Any, live_site: Any, viewport: str) -> None:
    rafi, mim = make_user("rafi"), make_user("mim")
    nadia = make_user("nadia", is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=nadia, type=Authenticator.Type.TOTP, data={})  # the admin asks for it
    team = make_team(
        "Dhaka Wolves", captain=rafi, tag="DW", slug="dhaka-wolves", is_recruiting=True, join_message_required=True
    )
    add_member(team, make_user("tanvir"), TeamMembership.Role.CO_CAPTAIN)
    captain, recruit, staff = person(viewport), person(viewport), person(viewport)
    for window, user in ((captain, rafi), (recruit, mim), (staff, nadia)):
        window.log_in(user)
    joins(recruit, captain)
    opens_acts(captain)
    plays_along(recruit, captain)
    looks_after(staff, captain)
