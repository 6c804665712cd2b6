"""A newcomer joins a team: the main job of the platform, from the first page to the roster."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import create_team, fill, link_in, press, sign_up


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_a_newcomer_joins_a_team(person: Any, live_site: Any, viewport: str) -> None:
    rafi = person(viewport)
    rafi.visit("/")
    rafi.assert_accessible()
    sign_up(rafi, live_site, "rafi_dhk")
    rafi.visit("/")
    expect(rafi.page.get_by_text("0 of 4 done")).to_be_visible()
    rafi.assert_accessible()

    # A profile, and two game IDs of which one is typed wrongly.
    rafi.visit("/me/profile/")
    rafi.assert_accessible()
    fill(rafi, display_name="রাফি Rafi")
    press(rafi, "Save profile")
    rafi.visit("/me/games/")
    rafi.assert_accessible()
    riot = rafi.page.get_by_label("Riot ID")
    riot.fill("RafiBD")
    rafi.page.get_by_label("SteamID64").fill("76561198000000001")
    expect(rafi.page.locator("#check-riot_id")).to_contain_text("Name#TAG")  # said on leaving the field
    press(rafi, "Save game IDs")
    expect(rafi.page.locator("#check-riot_id .field-error")).to_contain_text("Name#TAG")
    expect(riot).to_have_value("RafiBD")
    rafi.assert_accessible()
    riot.fill("Rafi#BD01")
    press(rafi, "Save game IDs")
    rafi.visit("/u/rafi_dhk/")
    expect(rafi.page.get_by_label("Riot ID in Valorant")).to_have_value("Rafi#BD01")
    expect(rafi.page.get_by_label("SteamID64 in Dota 2")).to_have_value("76561198000000001")
    rafi.assert_accessible()

    # Somebody else arrives, and leaves the site open.
    mim = person(viewport)
    sign_up(mim, live_site, "mim_ctg")
    mim.visit("/notifications/")
    mim.page.wait_for_selector("[data-bell][data-live=socket]")
    expect(mim.page.locator("[data-bell-count]")).to_have_text("1")  # coins for the verified address
    mim.assert_accessible()

    create_team(rafi, game="Valorant", name="Dhaka Wolves", tag="DW")
    rafi.assert_accessible()
    rafi.visit("/teams/dhaka-wolves/manage/")
    rafi.assert_accessible()
    invite = rafi.page.locator("#invite-player")
    invite.get_by_label("Player").fill("mim")
    expect(invite.locator("#suggestions")).to_contain_text("mim_ctg")
    invite.get_by_label("Player").fill("mim_ctg")
    press(rafi, "Send invite", within=invite)
    expect(rafi.page.get_by_text("mim_ctg").first).to_be_visible()

    # It arrives while she looks, and by mail.
    expect(mim.page.locator("[data-bell-count]")).to_have_text("2")
    mim.page.locator("[data-bell] summary").click()
    mim.page.locator("[data-bell-panel]").get_by_role("button", name=re.compile("Dhaka Wolves")).click()
    mim.page.get_by_role("button", name="Accept and join").wait_for()
    mim.assert_accessible()
    [mail] = [mail for mail in live_site.mails(to="mim_ctg@example.test") if "Dhaka Wolves" in mail["Subject"]]
    assert link_in(mail, "/teams/invites/").endswith(mim.page.url.split("/teams/invites/")[1])

    press(mim, "Accept and join")
    expect(mim.page.get_by_role("heading", level=1)).to_contain_text("Dhaka Wolves")
    mim.assert_accessible()
    for person_looking in (rafi, mim):
        person_looking.visit("/teams/dhaka-wolves/")
        main = person_looking.page.get_by_role("main")
        expect(main).to_contain_text("রাফি Rafi")
        expect(main).to_contain_text("mim_ctg")
    # The captain hears of it.
    rafi.visit("/notifications/")
    expect(rafi.page.get_by_role("main")).to_contain_text("mim_ctg")
    mim.visit("/")
    expect(mim.page.get_by_role("main")).to_contain_text("Dhaka Wolves")
    mim.assert_accessible()


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_a_newcomer_joins_a_team_without_javascript(person: Any, live_site: Any, viewport: str) -> None:
    rafi = person(viewport, js=False)
    sign_up(rafi, live_site, "rafi_dhk", js=False)
    rafi.visit("/me/games/")
    rafi.page.get_by_label("Riot ID").fill("RafiBD")
    press(rafi, "Save game IDs")
    expect(rafi.page.locator("#check-riot_id .field-error")).to_contain_text("Name#TAG")
    expect(rafi.page.get_by_label("Riot ID")).to_have_value("RafiBD")
    rafi.page.get_by_label("Riot ID").fill("Rafi#BD01")
    press(rafi, "Save game IDs")

    rafi.visit("/teams/new/")
    rafi.page.get_by_label("Valorant").check()
    press(rafi, "Continue")
    fill(rafi, name="Dhaka Wolves", tag="DW")
    for step in ("Look", "Joining", "Review"):
        press(rafi, "Continue")
        expect(rafi.page.locator(".steps [aria-current]")).to_have_text(step)
    press(rafi, "Create team")
    rafi.visit("/teams/dhaka-wolves/manage/")
    by_mail = rafi.page.locator("#invite-email")
    by_mail.get_by_label("E-mail address").fill("mim_ctg@example.test")
    press(rafi, "Send invite", within=by_mail)

    # She has no account when the mail comes; after signing up with that address the invitation waits.
    [mail] = live_site.mails(to="mim_ctg@example.test")
    mim = person(viewport, js=False)
    mim.visit(link_in(mail, "/teams/invites/"))
    expect(mim.page.get_by_role("link", name="Create an account")).to_be_visible()
    sign_up(mim, live_site, "mim_ctg", js=False)
    mim.visit("/teams/invites/")
    mim.page.get_by_role("main").get_by_text("Dhaka Wolves").first.wait_for()
    mim.visit(link_in(mail, "/teams/invites/"))
    press(mim, "Accept and join")
    mim.visit("/teams/dhaka-wolves/")
    main = mim.page.get_by_role("main")
    expect(main).to_contain_text("rafi_dhk")
    expect(main).to_contain_text("mim_ctg")
