"""A day at the order desk: money is found, parcels are packed, something comes back, and a buyer says how it was."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from playwright.sync_api import expect

from apps.ecommerce.models import Order, Review
from tests.ecommerce.ordering import order_of, payment_of
from tests.ecommerce.shop import Shop
from tests.journeys.steps import press
from tests.teams.people import make_user

STATEMENT = b"""Merchant statement,,,
Date,Trx ID,From Account,Amount (BDT)
29/11/2026 02:05 PM,9A7B3C1D2E,01712345678,"1,450.00"
29/11/2026 03:10 PM,ZZZZ9999YY,01899999999,10
oops,AAAA1111BB,01712345678,five hundred
"""
UNTOLD = """Trx ID,Amount,Reference
QQ11WW22EE,1450.00,{number}
"""


def staff(username: str, *codenames: str) -> Any:
    user = make_user(username, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="ecommerce", codename__in=codenames))
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def go(who: Any, path: str) -> None:
    """Open a page and have axe look at it."""
    who.visit(path)
    who.assert_accessible()


def finds_the_money(verifier: Any, told: Any) -> None:
    """One payment by a statement, the other by hand: not there."""
    go(verifier, "/crownstore/desk/payments/")
    expect(verifier.page.get_by_role("main")).to_contain_text("9A7B3C1D2E")
    go(verifier, "/crownstore/desk/statements/")
    verifier.page.set_input_files(
        "main [name=file]", {"name": "november.csv", "mimeType": "text/csv", "buffer": STATEMENT}
    )
    press(verifier, "Read it")
    expect(verifier.page.get_by_role("main")).to_contain_text("1 line could not be read")
    expect(verifier.page.get_by_role("main")).to_contain_text("“five hundred” is no amount")
    verifier.assert_accessible()
    press(verifier, "Confirm the chosen ones")
    expect(verifier.page.get_by_role("main")).to_contain_text("Settled")

    go(verifier, f"/crownstore/desk/payments/{told.pk}/")
    press(verifier, "I am looking at it")
    verifier.page.get_by_text("The money is not there").click()
    verifier.page.fill("main [name=reason]", "No such TrxID at bKash. Look whether you copied all of it.")
    verifier.assert_accessible()
    press(verifier, "Tell the buyer")
    expect(verifier.page.get_by_role("main")).to_contain_text("Nothing waits")


def finds_money_nobody_told(verifier: Any, untold: Any) -> None:
    """The buyer sent it with the order's number and never typed the TrxID: the statement has it."""
    go(verifier, "/crownstore/desk/statements/")
    file = {"name": "later.csv", "mimeType": "text/csv", "buffer": UNTOLD.format(number=untold.order.number).encode()}
    verifier.page.set_input_files("main [name=file]", file)
    press(verifier, "Read it")
    verifier.page.get_by_role("main").get_by_role("link", name=untold.order.number).click()
    expect(verifier.page.get_by_role("main")).to_contain_text("the buyer has not told it")
    verifier.assert_accessible()
    verifier.page.get_by_role("main").get_by_role("button", name="That is it").click()
    expect(verifier.page.get_by_role("main")).to_contain_text("Nothing waits")
    go(verifier, f"/crownstore/desk/orders/{untold.order.number}/")
    expect(verifier.page.get_by_role("main")).to_contain_text("found by its statement")
    go(verifier, "/crownstore/desk/?search=QQ11WW22EE")
    expect(verifier.page.get_by_role("main")).to_contain_text(untold.order.number)


def packs(picker: Any, number: str) -> None:
    """Without a script: the list, a look at what would happen, the step, the courier."""
    picker.visit("/crownstore/desk/picking/")
    expect(picker.page.get_by_role("main")).to_contain_text(number)
    picker.visit("/crownstore/desk/?status=confirmed")
    picker.page.get_by_label(f"Choose {number}").check()
    press(picker, "Start packing")
    expect(picker.page.get_by_role("main")).to_contain_text("Nothing was changed so far")
    press(picker, "Start packing: 1 order")
    picker.visit(f"/crownstore/desk/orders/{number}/")
    picker.page.fill("main [name=courier]", "Pathao")
    picker.page.fill("main [name=tracking_number]", "PT-7781")
    press(picker, "Hand to courier")
    press(picker, "Mark as delivered")
    expect(picker.page.get_by_role("main")).to_contain_text("Pathao")


def says_how_it_was(buyer: Any, number: str) -> None:
    go(buyer, f"/crownstore/orders/{number}/")
    buyer.page.get_by_role("link", name="Review Season 3 jersey").click()
    buyer.page.get_by_label("4: good").check()
    buyer.page.fill("main [name=text]", "Good knit, runs a size small. Fine for evenings.")
    buyer.assert_accessible()
    press(buyer, "Send review")
    expect(buyer.page.get_by_role("main")).to_contain_text("waiting to be read")
    go(buyer, f"/crownstore/orders/{number}/invoice/")
    go(buyer, "/crownstore/points/")
    go(buyer, "/me/addresses/")


def reads_it(moderator: Any) -> None:
    go(moderator, "/crownstore/desk/reviews/")
    moderator.page.get_by_role("button", name="Show it").click()
    expect(moderator.page.get_by_role("main")).to_contain_text("All read")
    go(moderator, "/crownstore/p/season-3-jersey/")
    expect(moderator.page.get_by_role("main")).to_contain_text("Good knit, runs a size small")


def gives_back(refunder: Any, number: str) -> None:
    """It comes back, and its money goes back."""
    go(refunder, f"/crownstore/desk/orders/{number}/")
    refunder.page.get_by_text("Something came back").click()
    refunder.page.fill("main [name=return-why]", "It was too small.")
    press(refunder, "It came back")
    refunder.assert_accessible()
    refunder.page.fill("main [name=reference]", "RF77ABCDEF")
    refunder.page.locator("main form", has=refunder.page.locator("[name=reference]")).locator("[name=reason]").fill(
        "It was too small."
    )
    press(refunder, "It was sent back")
    expect(refunder.page.get_by_role("main")).to_contain_text("sent back by bKash")
    for page in ("", "stock/", "figures/"):
        go(refunder, f"/crownstore/desk/{page}")


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_a_day_at_the_desk(person: Any, live_site: Any, viewport: str) -> None:
    keeper = make_user("keeper", is_staff=True, is_superuser=True)
    jersey = Shop(keeper).product("Season 3 jersey", price_poisha=145_000, stock=4).variants.get()
    rafi = make_user("rafi")
    order = order_of(rafi, jersey, status="pending")
    payment_of(order, "9A7B3C1D2E")
    lost = payment_of(order_of(make_user("mim"), jersey, status="pending"), "LOST111111", sender="01911111111")
    untold = payment_of(
        order_of(make_user("sakib"), jersey, status="pending"), "", state="open", sender="", submitted_at=None
    )
    people = {
        "verifier": staff("verifier", "process_order"),
        "picker": staff("picker", "process_order"),
        "refunder": staff("refunder", "refund_order"),
        "moderator": staff("moderator", "moderate_review"),
        "buyer": rafi,
    }
    windows = {name: person(viewport, js=name != "picker") for name in people}
    for name, user in people.items():
        windows[name].log_in(user)

    finds_the_money(windows["verifier"], lost)
    finds_money_nobody_told(windows["verifier"], untold)
    packs(windows["picker"], order.number)
    says_how_it_was(windows["buyer"], order.number)
    reads_it(windows["moderator"])
    gives_back(windows["refunder"], order.number)

    order.refresh_from_db()
    assert (order.status, order.paid_poisha, order.refunded_poisha) == ("refunded", 145_000, 145_000)
    others = Order.objects.exclude(pk=order.pk).order_by("pk")
    assert list(others.values_list("status", flat=True)) == ["pending", "confirmed"]
    assert Review.objects.get().state == "published"
