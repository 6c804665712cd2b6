"""What was bought: for how much, for whom, and how far it is."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.ecommerce.constants import OPEN_STATUSES, Currency, Provider, Status
from apps.ecommerce.models.product import Product, Variant


class Order(models.Model):
    """One order. Money is whole poisha and whole coins; taka and coins are never turned into each other.

    The amounts of the placing stay: ``total_poisha = subtotal_poisha - discount_poisha + shipping_poisha``, VAT
    contained, and ``total_coins``. What happens later is counted beside them:

    - ``waived_*``: not owed any more, because lines were cancelled or returned
    - ``paid_*``: money that was taken (docs/orders.md)
    - ``refunded_*``: money that was given back

    so what is still owed, or has to be given back, is always a subtraction (``due_poisha``, ``owed_back_poisha``).
    """

    number = models.CharField(max_length=12, help_text="Such as DC-7K3M-92: what people say over the telephone.")
    # A person who leaves keeps no name here, but the row of the account stays, and with it the books.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders", db_index=False
    )  # idx_order_user
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    provider = models.CharField(
        max_length=6, choices=Provider.choices, help_text="How the part in taka is paid; DeltaCoin when there is none."
    )

    contact_name = models.CharField(max_length=80)
    phone = models.CharField(max_length=16, help_text="As +8801712345678.")
    email = models.EmailField(blank=True)
    division = models.CharField(max_length=24, blank=True)
    district = models.CharField(max_length=24, blank=True)
    area = models.CharField(max_length=80, blank=True, help_text="Upazila, thana or area.")
    street = models.CharField(max_length=160, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What the buyer wants us to know.")
    needs_shipping = models.BooleanField(default=True)

    subtotal_poisha = models.BigIntegerField(default=0)
    discount_poisha = models.BigIntegerField(default=0)
    shipping_poisha = models.BigIntegerField(default=0)
    total_poisha = models.BigIntegerField(default=0)
    vat_poisha = models.BigIntegerField(default=0, help_text="Contained in the total.")
    total_coins = models.BigIntegerField(default=0)
    coupon_code = models.CharField(max_length=32, blank=True)

    waived_poisha = models.BigIntegerField(default=0)
    waived_coins = models.BigIntegerField(default=0)
    paid_poisha = models.BigIntegerField(default=0)
    paid_coins = models.BigIntegerField(default=0)
    refunded_poisha = models.BigIntegerField(default=0)
    refunded_coins = models.BigIntegerField(default=0)

    idempotency_key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, help_text="Hash of what the key was used to ask for.")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Until when it has to be paid.")
    courier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [
            ("process_order", "Can confirm, pack and send orders, and check payments"),
            ("refund_order", "Can give back the money of orders"),
        ]
        indexes = [
            # The seed's three, by their names; the third also serves lists that go on by key.
            models.Index(fields=["user", "-id"], name="idx_order_user"),
            models.Index(fields=["status", "-id"], name="idx_order_status"),
            models.Index(fields=["created_at"], name="idx_order_created"),
            models.Index(fields=["expires_at"], condition=Q(status=Status.PENDING), name="ecommerce_order_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="ecommerce_order_number"),
            models.UniqueConstraint(fields=["user", "idempotency_key"], name="ecommerce_order_key"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="ecommerce_order_status_known"),
            models.CheckConstraint(condition=Q(provider__in=Provider.values), name="ecommerce_order_provider_known"),
            models.CheckConstraint(
                condition=Q(subtotal_poisha__gte=0, shipping_poisha__gte=0, total_coins__gte=0)
                & Q(discount_poisha__gte=0, discount_poisha__lte=F("subtotal_poisha"))
                & Q(vat_poisha__gte=0, vat_poisha__lte=F("total_poisha"))
                & Q(total_poisha=F("subtotal_poisha") - F("discount_poisha") + F("shipping_poisha")),
                name="ecommerce_order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(waived_poisha__gte=0, waived_poisha__lte=F("total_poisha"))
                & Q(waived_coins__gte=0, waived_coins__lte=F("total_coins")),
                name="ecommerce_order_waived_possible",
            ),
            models.CheckConstraint(
                condition=Q(paid_poisha__gte=0, paid_poisha__lte=F("total_poisha"))
                & Q(paid_coins__gte=0, paid_coins__lte=F("total_coins"))
                & Q(refunded_poisha__gte=0, refunded_poisha__lte=F("paid_poisha"))
                & Q(refunded_coins__gte=0, refunded_coins__lte=F("paid_coins")),
                name="ecommerce_order_paid_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("ecommerce:order", args=[self.number])

    @property
    def due_poisha(self) -> int:
        """What is still to be paid in taka."""
        return max(0, self._balance_poisha)

    @property
    def owed_back_poisha(self) -> int:
        """What was paid in taka and has to be given back by hand. Coins go back at once."""
        return max(0, -self._balance_poisha)

    @property
    def _balance_poisha(self) -> int:
        return self.total_poisha - self.waived_poisha - (self.paid_poisha - self.refunded_poisha)

    @property
    def owed_back_coins(self) -> int:
        return max(0, self.paid_coins - self.refunded_coins - (self.total_coins - self.waived_coins))

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES


class OrderItem(models.Model):
    """A line as it was bought. Names and prices are copies: the catalogue goes on changing.

    ``discount_poisha`` is this line's share of the order's discount, so that a part of it is cancelled by arithmetic.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="order_items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_items")
    name = models.CharField(max_length=80)
    label = models.CharField(max_length=40)
    sku = models.CharField(max_length=32)
    kind = models.CharField(max_length=12, help_text="The product's kind when it was bought.")
    currency = models.CharField(max_length=5, choices=Currency.choices)
    unit_price = models.BigIntegerField(help_text="Poisha or coins, by the currency.")
    quantity = models.PositiveSmallIntegerField()
    discount_poisha = models.BigIntegerField(default=0)
    cancelled_quantity = models.PositiveSmallIntegerField(default=0)
    returned_quantity = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["order", "variant"], name="ecommerce_order_item_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, unit_price__gte=1, discount_poisha__gte=0)
                & Q(discount_poisha__lte=F("unit_price") * F("quantity")),
                name="ecommerce_order_item_possible",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("cancelled_quantity") + F("returned_quantity")),
                name="ecommerce_order_item_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}, {self.label}"

    @property
    def left(self) -> int:
        """How many are neither cancelled nor returned."""
        return self.quantity - self.cancelled_quantity - self.returned_quantity

    @property
    def total(self) -> int:
        """Poisha or coins of the line, before its discount."""
        return self.unit_price * self.quantity

    @property
    def net(self) -> int:
        return self.total - self.discount_poisha

    @property
    def unit_taka(self) -> Decimal:
        return Decimal(self.unit_price) / 100
