"""What stands around the orders of the demo: addresses, coupons, points, reviews, a statement, things for the desk."""

import io
from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.ecommerce.constants import CouponKind
from apps.ecommerce.demo_orders import HOME
from apps.ecommerce.models import (
    Address,
    Category,
    Coupon,
    LoyaltyEntry,
    Order,
    OrderItem,
    Payment,
    Product,
    Review,
    Statement,
    StatementLine,
)
from apps.ecommerce.services import addresses, coupon_keeping, desk, loyalty, orders, payments, refunds, reviews
from apps.ecommerce.services import statements as statement_services

SECOND = {
    "rafi": ("Rafi Islam", "01712-345678", "gazipur", "Tongi", "c/o Nasrin Islam, 4 College Gate", "1710"),
    "mim": ("Mim Akter", "01812-456789", "dhaka", "Dhanmondi", "House 9, Road 27", "1209"),
}
# Who has it, which product, stars, what they write, and what becomes of it: shown, waits, reported or not shown.
REVIEWS = (
    ("mim", "Season 3 jersey", 5, "The knit breathes, and the delta still looks new after ten washes.", "shown"),
    ("fahim", "Season 3 jersey", 4, "Good jersey. It runs a little small: take the next size.", "shown"),
    ("tasnia", "Season 3 jersey", 5, "Wore it at the Dhaka Open, three people asked me where it is from.", "shown"),
    ("ovi", "Season 3 jersey", 3, "Nice, but the tag on the back was pressed a bit crooked.", "reported"),
    ("shuvo", "Season 3 jersey", 4, "Came to Uttara in two days, folded well, the size chart is right.", "waits"),
    ("rafi", "Padma mouse", 5, "So light that I forgot it. The cable does not pull at the table's edge.", "shown"),
    ("tanvir", "Padma mouse", 4, "Good sensor. The side buttons could be firmer for large hands.", "shown"),
    ("sakib", "Padma mouse", 2, "Double clicks after a month. They changed it without a word, though.", "waits"),
    ("rafi", "Sundarban headset", 5, "The fan of my room is gone from every call. Soft on the ears.", "shown"),
    ("sakib", "Meghna keycaps", 5, "The Bangla legends are cut cleanly, and ষ is not a smudge.", "shown"),
    ("ayesha", "Tea stall mug", 4, "Holds exactly two cups of the tea of Tong er Dokan.", "shown"),
    ("jerin", "River delta mouse pad", 5, "You can follow the Padma with your finger down to the sea.", "waits"),
    ("shuvo", "Thumb sleeves", 1, "Buy followers cheap at my page, link in profile, fast and real.", "not shown"),
)
STATEMENT = """bKash merchant statement,,,,
Date,Trx ID,From Account,Reference,Amount (BDT)
{now},DKV1A2B3C4,01612300400,{sakib},"1,570.00"
{now},DKV5D6E7F8,01512600700,mug,400.00
{now},DKW2K3L4M5,01312800900,{ayesha},"1,770.00"
{now},DKV9G8H7J6,01612300400,{second},"1,110.00"
{now},DKX7N8P9Q0,01999000111,birthday,500.00
yesterday,DKX1R2S3T4,01999000222,,five hundred
"""


def load() -> str:
    """Make each part once, through the services."""
    people = {user.username: user for user in User.objects.filter(is_active=True).select_related("profile")}
    nadia = people.get("nadia")
    if nadia is None or not Order.objects.filter(user__username="ayesha").exists():
        return "no orders, no desk"
    _addresses(people)
    _coupons(nadia)
    _points(people)
    _reviews(people, nadia)
    _statement(nadia)
    for provider in ("bkash", "nagad", "rocket"):
        _past_statement(nadia, provider)
    return f"{Review.objects.count()} reviews, {Coupon.objects.count()} coupons"


def _addresses(people: dict[str, User]) -> None:
    names = ("name", "phone", "district", "area", "street", "postcode")
    for username, typed in [*HOME.items(), *SECOND.items()]:
        given = dict(zip(names, typed, strict=True))
        if not Address.objects.filter(user=people[username], street=given["street"]).exists():
            addresses.save_address(actor=people[username], **given)  # type: ignore[arg-type]  # names are the keys


def _coupons(nadia: User) -> None:
    """One that everybody may use, one for a shelf, one that is nearly used up, one that is over, one switched off."""
    now = timezone.now()
    passes = Category.objects.filter(slug="passes")
    given = (
        ("WELCOME10", None, {"kind": CouponKind.PERCENT, "percent": 10, "most_poisha": 30_000, "per_user_limit": 1}),
        ("EID-2026", None, {"kind": CouponKind.FIXED, "amount_poisha": 15_000, "minimum_poisha": 100_000}),
        ("PASS-25", passes, {"kind": CouponKind.PERCENT, "percent": 25, "total_limit": 40}),
        ("MONSOON", None, {"kind": CouponKind.PERCENT, "percent": 15, "ends_at": now - timedelta(days=20)}),
        ("STAFF-50", None, {"kind": CouponKind.PERCENT, "percent": 50, "is_active": False}),
    )
    for code, categories, values in given:
        if not Coupon.objects.filter(code=code).exists():
            coupon_keeping.save_coupon(actor=nadia, code=code, categories=categories, **values)  # type: ignore[arg-type]  # as above


def _points(people: dict[str, User]) -> None:
    """Rafi made a coupon of some of his points, and has enough left for another."""
    rafi = people["rafi"]
    if LoyaltyEntry.objects.filter(account__user=rafi, occasion="demo-points-000001").exists():
        return
    if rafi.loyalty_account.points >= 100:
        loyalty.redeem(actor=rafi, points=50, idempotency_key="demo-points-000001")


def _reviews(people: dict[str, User], nadia: User) -> None:
    for username, name, stars, text, end in REVIEWS:
        product = Product.objects.filter(name=name).first()
        if product is None or Review.objects.filter(product=product, user=people[username]).exists():
            continue
        review = reviews.write_review(actor=people[username], product_id=product.pk, stars=stars, text=text)
        if end in ("shown", "reported"):
            reviews.publish_review(actor=nadia, review_id=review.pk)
        if end == "reported":
            reviews.report_review(actor=people["mim"], review_id=review.pk, reason="That was mended long ago")
        if end == "not shown":
            reviews.reject_review(actor=nadia, review_id=review.pk, reason="This is advertising, and no word on it.")


def _past_statement(nadia: User, provider: str) -> None:
    """The file of the last weeks, with the payments of ``demo_past.py`` in it."""
    paid = list(
        Payment.objects.filter(provider=provider, state="verified", order__idempotency_key__startswith="demo-past-")
    )
    if not paid or StatementLine.objects.filter(payment__in=paid).exists():
        return
    rows = [f"{payment.trx_id},{payment.sender},{payment.amount_poisha / 100:.2f}" for payment in paid]
    text = "\n".join(["Trx ID,From Account,Amount (BDT)", *rows])
    brought = statement_services.bring_statement(
        actor=nadia, provider=provider, name=f"{provider}-last-weeks.csv", file=io.BytesIO(text.encode())
    )
    lines = dict(brought.lines.values_list("trx_id", "pk"))
    statement_services.confirm_matches(
        actor=nadia, pairs=[(lines[payment.trx_id], payment.pk) for payment in paid if payment.trx_id in lines]
    )


def _statement(nadia: User) -> None:
    """A file with each kind of line, and what the desk wrote down, delivered and took back."""
    if Statement.objects.exists():
        return
    mine = {
        name: list(Order.objects.filter(user__username=name, idempotency_key__startswith="demo-order-").order_by("pk"))
        for name in ("sakib", "ayesha", "rafi")
    }
    if len(mine["sakib"]) < 2 or not mine["ayesha"] or not mine["rafi"]:
        return  # a site that was first filled when there were fewer orders
    at = timezone.localtime().strftime("%d/%m/%Y %I:%M %p")
    text = STATEMENT.format(
        now=at, sakib=mine["sakib"][0].number, second=mine["sakib"][1].number, ayesha=mine["ayesha"][0].number
    )
    brought = statement_services.bring_statement(
        actor=nadia, provider="bkash", name="bkash-november.csv", file=io.BytesIO(text.encode())
    )
    second = mine["sakib"][1].payments.get()
    line = brought.lines.get(trx_id=second.trx_id)
    statement_services.confirm_match(actor=nadia, line_id=line.pk, payment_id=second.pk)
    looked_at = mine["sakib"][0].payments.get()
    payments.claim(actor=nadia, payment_id=looked_at.pk)
    desk.add_note(actor=nadia, number=mine["sakib"][1].number, note="Rang him: he is at home after six.")
    top_up = OrderItem.objects.get(order=mine["rafi"][-1])
    desk.deliver_digital(
        actor=nadia,
        number=mine["rafi"][-1].number,
        item_id=top_up.pk,
        text="500 diamonds are on Free Fire ID 2108837465.\nReceipt: FF-2026-118-204",
    )
    delivered = next(order for order in mine["rafi"] if order.status == "delivered")
    orders.take_back(actor=nadia, number=delivered.number, lines=None, why="One thumb was sewn shut")
    refunds.record_refund(
        actor=nadia,
        number=delivered.number,
        amount_poisha=10_000,
        provider="bkash",
        reference="RFB2K7L9M1",
        reason="The first part; the rest follows tomorrow",
        idempotency_key="demo-refund-000001",
    )
