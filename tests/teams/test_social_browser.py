"""Following, posts and activity in a real browser."""

from typing import Any

from playwright.sync_api import expect

from apps.accounts.models import User
from apps.teams.models import Team, TeamFollow
from tests.teams.posting import make_post

expect.set_options(timeout=15_000)


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
