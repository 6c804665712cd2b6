"""The words of the store: kinds, rarities, orders of the list and limits."""

from datetime import timedelta

from django.db.models import TextChoices

LARGEST_PRICE_POISHA = 100_000_000  # ৳10,00,000; a typing error of more digits than this is no price
LARGEST_PRICE_COINS = 10_000_000
LARGEST_STOCK = 1_000_000
WISHES = 200  # of one person
ALERTS = 100  # open ones of one person
IMAGES = 8  # of one product
RELATED = 4
ADDRESSES = 20  # of one person


class Kind(TextChoices):
    PHYSICAL = "physical", "Sent by courier"
    DIGITAL = "digital", "Digital"
    SUBSCRIPTION = "subscription", "Subscription"
    BUNDLE = "bundle", "Bundle"


class Rarity(TextChoices):
    COMMON = "common", "Common"
    UNCOMMON = "uncommon", "Uncommon"
    RARE = "rare", "Rare"
    EPIC = "epic", "Epic"
    LEGENDARY = "legendary", "Legendary"
    MYTHIC = "mythic", "Mythic"


class Sort(TextChoices):
    NEWEST = "newest", "Newest"
    CHEAPEST = "cheapest", "Lowest price"
    DEAREST = "dearest", "Highest price"
    NAME = "name", "Name"


# Fields of keyset_page: together unique and never null, each with an index that serves it.
SORT_ORDERS = {
    Sort.NEWEST: ("-published_at", "-pk"),
    Sort.CHEAPEST: ("list_price", "pk"),
    Sort.DEAREST: ("-list_price", "-pk"),
    Sort.NAME: ("name", "pk"),
}

# Orders (docs/orders.md)
QUANTITY = 20  # of one variant in one cart
CART_LINES = 50
OPEN_ORDERS = 10  # of one person that wait for money or for our call: each keeps stock from others
VAT_PERCENT = 15  # contained in every price in taka
ORDER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else over the telephone


class Currency(TextChoices):
    TAKA = "taka", "Taka"
    COINS = "coins", "DeltaCoin"


class Status(TextChoices):
    PENDING = "pending", "Waiting for payment"
    CONFIRMED = "confirmed", "Confirmed"
    PROCESSING = "processing", "Being packed"
    SHIPPED = "shipped", "On its way"
    DELIVERED = "delivered", "Delivered"
    COMPLETED = "completed", "Completed"
    CANCELLED = "cancelled", "Cancelled"
    REFUNDED = "refunded", "Refunded"


# From where to where an order can go. What has no parcel is delivered without being on its way.
TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    Status.PENDING: (Status.CONFIRMED, Status.CANCELLED),
    Status.CONFIRMED: (Status.PROCESSING, Status.CANCELLED),
    Status.PROCESSING: (Status.SHIPPED, Status.DELIVERED, Status.CANCELLED),
    Status.SHIPPED: (Status.DELIVERED, Status.CANCELLED),
    Status.DELIVERED: (Status.COMPLETED, Status.REFUNDED),
    Status.COMPLETED: (Status.REFUNDED,),
    Status.CANCELLED: (),
    Status.REFUNDED: (),
}
CANCELLED_STATUSES = (Status.CANCELLED, Status.REFUNDED)
OPEN_STATUSES = (Status.PENDING, Status.CONFIRMED, Status.PROCESSING, Status.SHIPPED)


class Provider(TextChoices):
    COINS = "coins", "DeltaCoin"
    COD = "cod", "Cash on delivery"
    BKASH = "bkash", "bKash"
    NAGAD = "nagad", "Nagad"
    ROCKET = "rocket", "Rocket"
    BANK = "bank", "Bank transfer"
    PAYPAL = "paypal", "PayPal"


class PaymentState(TextChoices):
    OPEN = "open", "Waiting for the buyer"
    SUBMITTED = "submitted", "Being checked"
    VERIFIED = "verified", "Received"
    REJECTED = "rejected", "Not found"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


LIVE_PAYMENT_STATES = (PaymentState.OPEN, PaymentState.SUBMITTED)
# A TrxID that counts: told and being checked, or found. A rejected one is free again.
COUNTED_PAYMENT_STATES = (PaymentState.SUBMITTED, PaymentState.VERIFIED)
# Money can still turn up for these though nobody told of it: a statement shows it.
UNTOLD_PAYMENT_STATES = (PaymentState.OPEN, PaymentState.CANCELLED)

# Coupons, points and reviews (docs/store-desk.md)
REVIEW_LENGTH = 2_000
CLAIM_LAPSES = timedelta(minutes=15)  # who looks at a payment has it for so long
DELIVERED_STATUSES = (Status.DELIVERED, Status.COMPLETED)


class CouponKind(TextChoices):
    PERCENT = "percent", "A percentage"
    FIXED = "fixed", "A fixed amount"


class PointKind(TextChoices):
    EARNED = "earned", "Earned"
    TAKEN_BACK = "taken_back", "Taken back"
    REDEEMED = "redeemed", "Made a coupon"


class ReviewState(TextChoices):
    PENDING = "pending", "Waiting to be read"
    PUBLISHED = "published", "Shown"
    REJECTED = "rejected", "Not shown"
