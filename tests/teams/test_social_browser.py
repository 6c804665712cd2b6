"""Following, posts, board and activity in a real browser: with a script on a phone, without one at a desk."""

from typing import Any

from playwright.sync_api import expect

from apps.accounts.models import User
from apps.teams.models import BoardReply, Team, TeamFollow, TeamPost
from tests.teams.people import add_member
from tests.teams.posting import make_post
from tests.teams.talking import make_reply, make_thread


def test_a_fan_follows_and_reads_on_a_phone(person: Any, wolves: Team, mim: User) -> None:
    make_post(wolves, title="We won", is_pinned=True)
    fan = person("phone")
    fan.log_in(mim)
    fan.visit(wolves.get_absolute_url())
    fan.page.get_by_role("button", name="Follow Dhaka Wolves").click()
    expect(fan.page.get_by_role("button", name="Unfollow Dhaka Wolves")).to_be_visible()
    expect(fan.page.get_by_text("1 follower")).to_be_visible()
    assert TeamFollow.objects.count() == 1
    for path in ("posts/", "activity/", "followers/"):
        fan.visit(wolves.get_absolute_url() + path)
        fan.assert_accessible()
        assert fan.page.evaluate("document.documentElement.scrollWidth > innerWidth") is False
    fan.visit(wolves.get_absolute_url() + "posts/")
    fan.page.get_by_role("link", name="We won").click()
    expect(fan.page.get_by_role("heading", name="We won")).to_be_visible()
    fan.assert_accessible()


def test_a_member_writes_without_a_script(person: Any, wolves: Team, mim: User) -> None:
    add_member(wolves, mim)
    thread = make_thread(wolves)
    make_reply(thread)
    member = person("desktop", js=False)
    member.log_in(mim)
    member.visit(wolves.get_absolute_url() + "posts/new/")
    member.page.get_by_label("Title").fill("Try-outs")
    member.page.get_by_label("Text").fill("On **Friday**.")
    member.page.get_by_role("button", name="Publish").click()
    expect(member.page.locator("strong", has_text="Friday")).to_be_visible()
    assert TeamPost.objects.get().state == "published"
    member.visit(thread.get_absolute_url())
    member.page.get_by_role("textbox", name="Reply").fill("Lotus")
    member.page.get_by_role("button", name="Reply", exact=True).click()
    expect(member.page.get_by_text("Lotus")).to_be_visible()
    assert BoardReply.objects.count() == 2
