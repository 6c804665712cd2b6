"""What the store holds about a person: for their export, and what becomes of it when they leave."""

from typing import Any

from django.db.models import F

from apps.accounts.models import User
from apps.ecommerce.models import Address, StockAlert, Wish


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return the wishlist, what the person waits for, and the address book."""
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
    }


def purge(user: User) -> None:
    """Forget what the person wanted, and where to: the account's row stays, nameless, so nothing cascades by itself."""
    Wish.objects.filter(user=user).delete()
    StockAlert.objects.filter(user=user).delete()
    Address.objects.filter(user=user).delete()
