"""The tasks of the store, for tests/core/test_tasks_once.py."""

from apps.ecommerce.models import Category, Product, StockAlert, Variant
from apps.notifications.models import Notification
from tests.once import Case, a_number, once
from tests.teams.people import make_user


@once("ecommerce.tell_back_in_stock", expects=(2, 0))
def two_who_wait() -> Case:
    number = a_number()
    shelf = Category.objects.create(name=f"Shelf {number}", slug=f"shelf-{number}")
    product = Product.objects.create(
        name=f"Thing {number}",
        slug=f"thing-{number}",
        kind="physical",
        category=shelf,
        summary="One line.",
        price_coins=5,
        is_published=True,
        published_at="2026-11-01T00:00Z",
    )
    variant = Variant.objects.create(product=product, sku=f"ONCE-{number}", stock=1)
    people = [make_user(f"waits{number}{letter}") for letter in "ab"]
    for user in people:
        StockAlert.objects.create(user=user, variant=variant)
    return Case(
        {"variant_id": variant.pk},
        effect=lambda: (
            Notification.objects.filter(recipient__in=people).count(),
            StockAlert.objects.filter(variant=variant, told_at=None).count(),
        ),
    )
