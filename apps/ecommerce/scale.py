"""Many made-up products and orders."""

from datetime import timedelta

from apps.accounts.models import User
from apps.core.scale import Made, Plan, analyze
from apps.ecommerce.constants import Currency, Kind, Provider, Rarity, Status
from apps.ecommerce.models import Category, Order, OrderEvent, OrderItem, Product, Variant

PRODUCTS = 5_000
ORDERS = 100_000
SHELVES = 8
BATCH = 2_000
STATUSES = (Status.COMPLETED, Status.COMPLETED, Status.DELIVERED, Status.SHIPPED, Status.CONFIRMED, Status.CANCELLED)
SHIPPING_POISHA = 6_000


def load(plan: Plan) -> Made:
    """Make products on eight shelves with one variant each, and orders of one line by the load's players."""
    variants = _products(plan)
    return {"products": len(variants), "orders": _orders(plan, variants)}


def _products(plan: Plan) -> list[Variant]:
    shelves = Category.objects.bulk_create(
        Category(name=f"{plan.mark} shelf {number}", slug=f"{plan.mark}-shelf-{number}", motif="box")
        for number in range(SHELVES)
    )
    rarities = list(Rarity)
    products = Product.objects.bulk_create(
        (
            Product(
                name=f"{plan.mark} jersey {number}",
                slug=f"{plan.mark}-jersey-{number}",
                kind=Kind.PHYSICAL,
                category=shelves[number % SHELVES],
                summary="Made up, to see long lists.",
                rarity=rarities[number % len(rarities)],
                price_poisha=50_000 + number % 900 * 100,
                is_published=True,
                published_at=plan.now - timedelta(minutes=number),
                search_text=f"{plan.mark} jersey {number} shelf {number % SHELVES}",
            )
            for number in range(plan.share(PRODUCTS))
        ),
        batch_size=BATCH,
    )
    variants = Variant.objects.bulk_create(
        (
            Variant(product=product, sku=f"{plan.mark}-{number}", stock=number % 40)
            for number, product in enumerate(products)
        ),
        batch_size=BATCH,
    )
    analyze(Product._meta.db_table, Variant._meta.db_table)
    return variants


def _orders(plan: Plan, variants: list[Variant]) -> int:
    buyers = list(User.objects.filter(username__regex=rf"^{plan.mark}\d+$").order_by("pk").values_list("pk", flat=True))
    orders = Order.objects.bulk_create(
        (
            _order(plan, number, buyers[number * 7 % len(buyers)], variants[number % len(variants)])
            for number in range(plan.share(ORDERS))
        ),
        batch_size=BATCH,
    )
    OrderItem.objects.bulk_create(
        (_line(order, variants[number % len(variants)]) for number, order in enumerate(orders)), batch_size=BATCH
    )
    OrderEvent.objects.bulk_create(
        (
            OrderEvent(
                order=order,
                from_status="",
                to_status=Status.PENDING,
                actor_id=order.user_id,
                what="Ordered",
                at=order.created_at,
            )
            for order in orders
        ),
        batch_size=BATCH,
    )
    analyze(Order._meta.db_table, OrderItem._meta.db_table, OrderEvent._meta.db_table)
    return len(orders)


def _order(plan: Plan, number: int, buyer: int, variant: Variant) -> Order:
    status = STATUSES[number % len(STATUSES)]
    subtotal = variant.product.price_poisha or 0
    total = subtotal + SHIPPING_POISHA
    paid = total if status in (Status.COMPLETED, Status.DELIVERED) else 0
    return Order(
        number=f"{plan.mark[:4].upper()}{number:08}",
        user_id=buyer,
        status=status,
        provider=Provider.COD,
        contact_name="Made up",
        phone="+8801700000000",
        division="Dhaka",
        district="Dhaka",
        street="1 Made-up Road",
        subtotal_poisha=subtotal,
        shipping_poisha=SHIPPING_POISHA,
        total_poisha=total,
        vat_poisha=round(total * 15 / 115),
        paid_poisha=paid,
        idempotency_key=f"{plan.mark}:{number}",
        fingerprint="",
        created_at=plan.now - timedelta(minutes=number * 3),
    )


def _line(order: Order, variant: Variant) -> OrderItem:
    return OrderItem(
        order=order,
        variant=variant,
        product=variant.product,
        name=variant.product.name,
        label=variant.label,
        sku=variant.sku,
        kind=variant.product.kind,
        currency=Currency.TAKA,
        unit_price=variant.product.price_poisha or 0,
        quantity=1,
    )
