"""What people do on the site, step by step, as they would say it."""

import re
from typing import Any

from playwright.sync_api import expect

PASSWORD = "boats-go-down-the-meghna-7"


def press(person: Any, label: str, *, within: Any = None) -> None:
    """Press the one button of this name in the page's main part, or in ``within``."""
    place = within or person.page.get_by_role("main")
    place.get_by_role("button", name=label, exact=True).click()


def fill(person: Any, **fields: str) -> None:
    """Type into the fields of these names."""
    for name, value in fields.items():
        person.page.fill(f"main [name={name}]", value)


def link_in(mail: Any, path: str) -> str:
    """Return the address in the mail's text that has ``path`` in it."""
    text = mail.get_body(("plain",)).get_content()
    found = re.search(rf"https?://\S*{path}\S*", text)
    assert found, text
    return found[0]


def sign_up(person: Any, site: Any, username: str, *, js: bool = True) -> None:
    """Create an account and confirm its address by the mail; end logged in.

    axe is JavaScript itself, so without it the pages are not looked at.
    """
    address = f"{username}@example.test"
    person.visit("/accounts/signup/")
    if js:
        person.assert_accessible()
    fill(person, username=username, email=address, password1=PASSWORD)
    press(person, "Create account")
    person.page.get_by_role("heading", name="Check your mail").wait_for()
    if js:
        person.assert_accessible()
    mails = [mail for mail in site.mails(to=address) if "/confirm-email/" in mail.get_body(("plain",)).get_content()]
    assert len(mails) == 1
    person.visit(link_in(mails[0], "/accounts/confirm-email/"))
    if js:
        person.assert_accessible()
    press(person, "Confirm e-mail")
    person.page.wait_for_url(lambda url: "confirm-email" not in url)


def create_team(person: Any, *, game: str, name: str, tag: str) -> None:
    """Go through the five steps; end on the manage page."""
    person.visit("/teams/new/")
    person.assert_accessible()
    person.page.get_by_label(game).check()
    press(person, "Continue")
    person.page.get_by_label("Team name").wait_for()
    person.assert_accessible()
    fill(person, name=name, tag=tag)
    expect(person.page.locator("#name-check")).to_contain_text(f"{name} is free.")
    expect(person.page.locator("#tag-check")).to_contain_text(f"{tag} is free.")
    press(person, "Continue")
    person.page.get_by_label("Herald").check()
    expect(person.page.locator("#header-preview .identity")).to_have_attribute("data-template", "herald")
    person.assert_accessible()
    press(person, "Continue")
    person.page.get_by_label("Home region").wait_for()
    person.assert_accessible()
    press(person, "Continue")
    person.page.get_by_text("You become its captain.").wait_for()
    person.assert_accessible()
    press(person, "Create team")
    expect(person.page.get_by_role("heading", level=1)).to_contain_text(name)
