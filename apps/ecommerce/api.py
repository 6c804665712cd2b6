"""/api/v1/store/: the same selectors and services as the pages; refusals are problems with the same sentences."""

from typing import Any, cast
from urllib.parse import urlencode

from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.common.pagination import keyset_page
from apps.ecommerce.constants import SORT_ORDERS
from apps.ecommerce.forms import CatalogueForm
from apps.ecommerce.models import Product, Variant
from apps.ecommerce.selectors import catalogue
from apps.ecommerce.services import wishes

PAGE_SIZE = 50


class ProductList(APIView):
    """The catalogue, with the filters of the page."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        form = CatalogueForm(request.query_params)
        page = keyset_page(
            catalogue.catalogue(viewer=request.user, filters=form.filters),
            order=SORT_ORDERS[form.sort_order],
            cursor=request.query_params.get("after", ""),
            size=PAGE_SIZE,
        )
        following = f"{request.path}?{urlencode({**form.kept, 'after': page.next_cursor})}" if page.has_next else None
        return Response({"results": [product_json(product) for product in page.rows], "next": following})


class ProductDetail(APIView):
    """One product with its variants."""

    permission_classes = [AllowAny]

    def get(self, request: Request, slug: str) -> Response:
        page = catalogue.product_page(request.user, slug)
        told = product_json(page.product) | {
            "description": page.product.description,
            "available": page.available,
            "variants": [variant_json(offer.variant) for offer in page.offers],
            "holds": [{"sku": part.variant.sku, "quantity": part.quantity} for part in page.parts],
            "related": [product.slug for product in page.related],
        }
        return Response(told)


class Wishlist(APIView):
    """The caller's wishlist."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        page = keyset_page(
            catalogue.wishlist(request.user),
            order=("-pk",),
            cursor=request.query_params.get("after", ""),
            size=PAGE_SIZE,
        )
        following = f"{request.path}?after={page.next_cursor}" if page.has_next else None
        return Response({"results": [product_json(wish.product) for wish in page.rows], "next": following})


class WishDetail(APIView):
    """Put a product on the wishlist, or take it off. Both may be repeated."""

    permission_classes = [IsAuthenticated]

    def put(self, request: Request, product_id: int) -> Response:
        wishes.add_wish(actor=cast(User, request.user), product_id=product_id)
        return Response(status=204)

    def delete(self, request: Request, product_id: int) -> Response:
        wishes.remove_wish(actor=cast(User, request.user), product_id=product_id)
        return Response(status=204)


class AlertDetail(APIView):
    """Wait for a variant that is sold out, or no longer. Both may be repeated."""

    permission_classes = [IsAuthenticated]

    def put(self, request: Request, variant_id: int) -> Response:
        wishes.ask_alert(actor=cast(User, request.user), variant_id=variant_id)
        return Response(status=204)

    def delete(self, request: Request, variant_id: int) -> Response:
        wishes.cancel_alert(actor=cast(User, request.user), variant_id=variant_id)
        return Response(status=204)


def product_json(product: Product) -> dict[str, Any]:
    """Prices are whole poisha, VAT included, and whole coins; null where it can't be paid that way."""
    return {
        "id": product.pk,
        "slug": product.slug,
        "name": product.name,
        "kind": product.kind,
        "category": product.category.slug,
        "game": product.game,
        "rarity": product.rarity,
        "summary": product.summary,
        "price_poisha": product.price_poisha,
        "price_coins": product.price_coins,
        "edition": product.edition,
        "member_only": product.member_only,
    }


def variant_json(variant: Variant) -> dict[str, Any]:
    """How many there are is not told, only whether there are some."""
    return {
        "id": variant.pk,
        "sku": variant.sku,
        "label": variant.label,
        "in_stock": variant.in_stock,
        "price_poisha": variant.price_poisha or variant.product.price_poisha,
        "price_coins": variant.coins,
    }
