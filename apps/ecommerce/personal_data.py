"""What the store holds about a person: for their export, and what becomes of it when they leave."""

from typing import Any

from django.db.models import F

from apps.accounts.models import User
from apps.ecommerce.models import (
    Address,
    Cart,
    CartItem,
    Coupon,
    CouponUse,
    DigitalDelivery,
    LoyaltyEntry,
    Order,
    OrderEvent,
    OrderItem,
    Payment,
    PaymentProof,
    Refund,
    Review,
    ReviewReport,
    StatementLine,
    StockAlert,
    Wish,
)

ORDER_FIELDS = (
    "number",
    "status",
    "created_at",
    "contact_name",
    "phone",
    "email",
    "district",
    "area",
    "street",
    "postcode",
    "note",
    "total_poisha",
    "total_coins",
    "paid_poisha",
    "paid_coins",
    "refunded_poisha",
    "refunded_coins",
    "coupon_code",
)


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return everything in the store that is about the person; what staff note among themselves left out."""
    return {**_wanted(user), **_bought(user), **_got_and_said(user)}


def _wanted(user: User) -> dict[str, list[Any]]:
    """What the person wants, and where to."""
    return {
        "store_wishes": list(
            Wish.objects.filter(user=user).order_by("pk").values("created_at", product_name=F("product__name"))
        ),
        "store_stock_alerts": list(
            StockAlert.objects.filter(user=user)
            .order_by("pk")
            .values(
                "created_at", "told_at", product_name=F("variant__product__name"), variant_label=F("variant__label")
            )
        ),
        "store_addresses": list(
            Address.objects.filter(user=user)
            .order_by("pk")
            .values("name", "phone", "district", "area", "street", "postcode", "is_default", "created_at")
        ),
        "store_cart": list(
            CartItem.objects.filter(cart__user=user)
            .order_by("pk")
            .values("quantity", "currency", "added_at", product_name=F("variant__product__name"))
        ),
        "store_checkout_details": [cart.checkout for cart in Cart.objects.filter(user=user) if cart.checkout],
    }


def _bought(user: User) -> dict[str, list[Any]]:
    """What the person ordered, and the money of it."""
    return {
        "store_orders": list(Order.objects.filter(user=user).order_by("pk").values(*ORDER_FIELDS)),
        "store_order_lines": list(
            OrderItem.objects.filter(order__user=user)
            .order_by("pk")
            .values("name", "label", "sku", "currency", "unit_price", "quantity", order_number=F("order__number"))
        ),
        "store_payments": list(
            Payment.objects.filter(order__user=user)
            .order_by("pk")
            .values(
                "provider",
                "amount_poisha",
                "amount_coins",
                "state",
                "trx_id",
                "sender",
                "created_at",
                order_number=F("order__number"),
            )
        ),
        "store_order_history": list(
            OrderEvent.objects.filter(order__user=user, is_internal=False)
            .order_by("pk")
            .values("what", "why", "at", order_number=F("order__number"))
        ),
        "store_payment_screenshots": list(
            PaymentProof.objects.filter(payment__order__user=user)
            .order_by("pk")
            .values("created_at", trx_id=F("payment__trx_id"), order_number=F("payment__order__number"))
        ),
        "store_statement_lines": list(
            StatementLine.objects.filter(payment__order__user=user)
            .order_by("pk")
            .values(
                "provider",
                "trx_id",
                "amount_poisha",
                "sender",
                "reference",
                "at",
                order_number=F("payment__order__number"),
            )
        ),
        "store_refunds": list(
            Refund.objects.filter(order__user=user)
            .order_by("pk")
            .values(
                "provider",
                "amount_poisha",
                "amount_coins",
                "reference",
                "reason",
                "created_at",
                order_number=F("order__number"),
            )
        ),
    }


def _got_and_said(user: User) -> dict[str, list[Any]]:
    """What came of it: goods that are words, reviews, points, coupons."""
    return {
        "store_digital_deliveries": list(
            DigitalDelivery.objects.filter(item__order__user=user)
            .order_by("pk")
            .values("text", "created_at", order_number=F("item__order__number"), product_name=F("item__name"))
        ),
        "store_reviews": list(
            Review.objects.filter(user=user)
            .order_by("pk")
            .values("stars", "text", "state", "reason", "written_at", product_name=F("product__name"))
        ),
        "store_review_reports": list(
            ReviewReport.objects.filter(reporter=user)
            .order_by("pk")
            .values("reason", "created_at", product_name=F("review__product__name"))
        ),
        "store_points": list(
            LoyaltyEntry.objects.filter(account__user=user)
            .order_by("pk")
            .values("kind", "points", "points_after", "created_at", order_number=F("order__number"))
        ),
        "store_coupons": list(
            Coupon.objects.filter(owner=user).order_by("pk").values("code", "amount_poisha", "percent", "ends_at")
        ),
        "store_coupon_uses": list(
            CouponUse.objects.filter(user=user)
            .order_by("pk")
            .values("discount_poisha", "given_back_at", coupon_code=F("coupon__code"), order_number=F("order__number"))
        ),
    }


def purge(user: User) -> None:
    """Forget what the person wanted, and where to: the account's row stays, nameless, so nothing cascades by itself."""
    Wish.objects.filter(user=user).delete()
    StockAlert.objects.filter(user=user).delete()
    Address.objects.filter(user=user).delete()
    Cart.objects.filter(user=user).delete()
    Review.objects.filter(user=user).delete()
    ReviewReport.objects.filter(reporter=user).delete()
    Coupon.objects.filter(owner=user).update(is_active=False)  # points stay as numbers without a name
    DigitalDelivery.objects.filter(item__order__user=user).update(text="Deleted with the account.")
    PaymentProof.objects.filter(payment__order__user=user).delete()
    Payment.objects.filter(order__user=user).update(sender="")
    StatementLine.objects.filter(payment__order__user=user).update(sender="", reference="")
    # What was sold for how much are the shop's books; who it was and where they live is not kept with them.
    Order.objects.filter(user=user).update(
        contact_name="", phone="", email="", area="", street="", postcode="", note=""
    )
