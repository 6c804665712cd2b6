"""/api/v1/store/cart/ and quote/: what lies in the member's cart, and what it costs. Visitors fill it on the pages."""

from typing import Any

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.corelib import bangladesh
from apps.ecommerce.api_input import actor_of, checked
from apps.ecommerce.constants import QUANTITY, Currency
from apps.ecommerce.selectors import carts
from apps.ecommerce.services import cart as services
from apps.ecommerce.services import pricing
from apps.ecommerce.services.pricing import Quote


class NewLineSerializer(serializers.Serializer[dict[str, Any]]):
    variant = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1, max_value=QUANTITY, default=1)
    currency = serializers.ChoiceField(choices=Currency.choices, allow_blank=True, default="")


class LineSerializer(serializers.Serializer[dict[str, Any]]):
    """What is left out stays as it is; a quantity of 0 takes the line out."""

    quantity = serializers.IntegerField(min_value=0, max_value=QUANTITY, required=False)
    currency = serializers.ChoiceField(choices=Currency.choices, required=False)


class QuoteSerializer(serializers.Serializer[dict[str, Any]]):
    district = serializers.CharField(max_length=60, allow_blank=True, default="")
    coupon = serializers.CharField(max_length=60, allow_blank=True, default="")


class CartDetail(APIView):
    """The caller's cart, and something more in it."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        return Response({"lines": [_line_json(line) for line in _lines(request)]})

    def post(self, request: Request) -> Response:
        values = checked(NewLineSerializer(data=request.data))
        services.add(
            actor=actor_of(request),
            key=None,
            variant_id=values["variant"],
            quantity=values["quantity"],
            currency=values["currency"],
        )
        return Response({"lines": [_line_json(line) for line in _lines(request)]}, status=201)


class CartLineDetail(APIView):
    """One line: how many, paid in what, or no longer. All may be repeated."""

    permission_classes = [IsAuthenticated]

    def patch(self, request: Request, variant_id: int) -> Response:
        values = checked(LineSerializer(data=request.data))
        if "currency" in values:
            services.pay_with(actor=actor_of(request), key=None, variant_id=variant_id, currency=values["currency"])
        if "quantity" in values:
            services.set_quantity(actor=actor_of(request), key=None, variant_id=variant_id, quantity=values["quantity"])
        return Response({"lines": [_line_json(line) for line in _lines(request)]})

    def delete(self, request: Request, variant_id: int) -> Response:
        if carts.cart_of(request.user, None) is not None:
            services.set_quantity(actor=actor_of(request), key=None, variant_id=variant_id, quantity=0)
        return Response(status=204)


class QuoteDetail(APIView):
    """What the cart costs now. Nothing is promised or reserved; ``seen`` goes along with the order."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        values = checked(QuoteSerializer(data=request.query_params))
        place = bangladesh.find_district(values["district"])
        quote = pricing.quote(
            user=request.user,
            lines=_lines(request),
            district=place.code if place else values["district"],
            coupon_code=values["coupon"],
        )
        return Response(quote_json(quote))


def quote_json(quote: Quote) -> dict[str, Any]:
    """Whole poisha and whole coins. ``shipping_poisha`` is null as long as no district was given."""
    return {
        "subtotal_poisha": quote.subtotal_poisha,
        "discount_poisha": quote.discount_poisha,
        "coupon": quote.coupon_code,
        "coupon_refusal": quote.coupon_refusal,
        "needs_shipping": quote.needs_shipping,
        "shipping_poisha": quote.shipping_poisha,
        "total_poisha": quote.total_poisha,
        "total_coins": quote.total_coins,
        "vat_poisha": quote.vat_poisha,
        "seen": quote.seen,
    }


def _lines(request: Request) -> list[carts.CartLine]:
    cart = carts.cart_of(request.user, None)
    return carts.lines(request.user, cart) if cart else []


def _line_json(line: carts.CartLine) -> dict[str, Any]:
    return {
        "variant": line.variant.pk,
        "sku": line.variant.sku,
        "name": line.variant.product.name,
        "label": line.variant.label,
        "currency": line.currency,
        "unit_price": line.unit_price,
        "quantity": line.quantity,
        "total": line.total,
        "problem": line.problem,
    }
