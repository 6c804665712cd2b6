"""What the store holds about a person: for their export, and what becomes of it when they leave."""

from typing import Any

from django.db.models import F

from apps.accounts.models import User
from apps.ecommerce.models import StockAlert, Wish


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return the wishlist and what the person waits for."""
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
    }


def purge(user: User) -> None:
    """Forget what the person wanted: the row of the account stays, nameless, so nothing cascades by itself."""
    Wish.objects.filter(user=user).delete()
    StockAlert.objects.filter(user=user).delete()
