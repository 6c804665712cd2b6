"""A team's pages in a real browser without a script: practice, board, posts, promotions, and the way between them."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.teams.models import BoardReply, PracticeAnswer, TalkReport, Team, TeamPost, TeamPromotion
from apps.teams.services.promotions import approve_promotion
from tests.teams.club import make_practice
from tests.teams.people import add_member, make_user
from tests.teams.sponsoring import give_coins, make_place, today
from tests.teams.talking import make_reply, make_thread

both_sizes = pytest.mark.parametrize("viewport", ["phone", "desktop"])


def look(who: Any, onlooker: Any) -> None:
    """See that nothing is wider than the screen, and have axe look, which needs a script: at another window's copy."""
    assert who.page.evaluate("document.documentElement.scrollWidth > innerWidth") is False
    address = urlsplit(who.page.url)
    onlooker.visit(f"{address.path}?{address.query}")
    onlooker.assert_accessible()


def go_to(who: Any, name: str, viewport: str) -> None:
    """Take the way that stands on every page of a team: tabs, and on a phone a menu that names the open page."""
    if viewport == "phone":
        who.page.locator(".tabs-menu > summary").click()
    who.page.locator("nav:visible").get_by_role("link", name=name, exact=True).click()
    who.page.wait_for_load_state()
    here = who.page.locator(".tabs-menu > summary" if viewport == "phone" else ".tabs [aria-current]")
    expect(here.first).to_contain_text(name)
    expect(here.first).to_be_in_viewport()


@both_sizes
def test_a_member_finds_every_page_answers_writes_and_reports(
    person: Any, wolves: Team, rafi: User, mim: User, viewport: str
) -> None:
    add_member(wolves, mim)
    make_practice(wolves, "Scrim night")
    make_reply(make_thread(wolves, rafi, title="Which maps?"), rafi, "Noobs, all of you.")
    member, onlooker = person(viewport, js=False), person(viewport)
    member.log_in(mim)
    onlooker.log_in(mim)
    member.visit(wolves.get_absolute_url())

    go_to(member, "Practice", viewport)
    look(member, onlooker)
    member.page.get_by_role("button", name="Yes: Scrim night").first.click()
    expect(member.page.get_by_role("button", name="Yes: Scrim night").first).to_have_attribute("aria-pressed", "true")
    assert PracticeAnswer.objects.get().answer == "yes"

    go_to(member, "Board", viewport)
    look(member, onlooker)
    member.page.get_by_role("link", name="Which maps?").click()
    member.page.get_by_role("textbox", name="Reply").fill("Lotus")
    member.page.get_by_role("button", name="Reply", exact=True).click()
    expect(member.page.get_by_text("Lotus")).to_be_visible()
    look(member, onlooker)
    member.page.get_by_role("link", name="From the first reply").click()
    member.page.get_by_role("link", name="Report the reply of rafi").click()
    look(member, onlooker)
    member.page.get_by_label("Insults or hate").check()
    member.page.get_by_role("button", name="Report reply").click()
    expect(member.page.get_by_text("Staff will look at it")).to_be_visible()
    assert (BoardReply.objects.count(), TalkReport.objects.get().quoted) == (2, "Noobs, all of you.")

    go_to(member, "Posts", viewport)
    look(member, onlooker)
    member.visit(wolves.get_absolute_url() + "posts/new/")
    look(member, onlooker)
    member.page.get_by_label("Title").fill("Try-outs")
    member.page.get_by_label("Text").fill("On **Friday**.")
    member.page.get_by_role("button", name="Publish").click()
    expect(member.page.locator("strong", has_text="Friday")).to_be_visible()
    assert TeamPost.objects.get().state == "published"


@both_sizes
def test_the_captain_books_a_promotion_reads_the_terms_and_takes_it_back(
    person: Any, wolves: Team, rafi: User, viewport: str
) -> None:
    make_place(price_per_day=50)
    give_coins(wolves, 130)
    captain, onlooker = person(viewport, js=False), person(viewport)
    captain.log_in(rafi)
    onlooker.log_in(rafi)
    captain.visit(wolves.get_absolute_url() + "manage/promotions/")
    look(captain, onlooker)

    captain.page.get_by_role("link", name=f"From {today(8):%-d %B}: 3 free").click()
    captain.page.get_by_label("Days").fill("2")
    captain.page.get_by_role("button", name="See the price").click()
    expect(captain.page.get_by_role("main")).to_contain_text("Left after it")
    expect(captain.page.get_by_role("main")).to_contain_text("half of them")
    look(captain, onlooker)
    captain.page.get_by_role("button", name="Book and set aside").click()
    expect(captain.page.get_by_text("are set aside. You hear from us")).to_be_visible()

    booked = TeamPromotion.objects.get()
    approve_promotion(actor=make_user("boss", is_superuser=True), promotion_id=booked.pk)
    captain.visit(wolves.get_absolute_url() + "manage/promotions/")
    look(captain, onlooker)
    captain.page.get_by_role("link", name="Cancel Home page").click()
    expect(captain.page.locator(".alert-title", has_text="All coins come back")).to_be_visible()
    look(captain, onlooker)
    captain.page.get_by_role("button", name="Cancel promotion").click()
    expect(captain.page.get_by_text("paid, 100")).to_be_visible()
    booked.refresh_from_db()
    assert (booked.status, booked.refunded) == ("cancelled", 100)
