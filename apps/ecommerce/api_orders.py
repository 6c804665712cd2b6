"""/api/v1/store/orders/: placing, reading, cancelling, telling a TrxID. The same services and rules as the pages."""

from typing import Any
from urllib.parse import urlencode

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.common.pagination import keyset_page
from apps.ecommerce.api_input import actor_of, checked, key_of
from apps.ecommerce.models import Order, OrderItem, Payment
from apps.ecommerce.selectors import deliveries
from apps.ecommerce.selectors import orders as selectors
from apps.ecommerce.selectors.orders import OrderPage
from apps.ecommerce.services import checkout, payments
from apps.ecommerce.services import orders as services
from apps.ecommerce.services.judging import Details
from apps.ecommerce.services.payments import Told

PAGE_SIZE = 50


class NewOrderSerializer(serializers.Serializer[dict[str, Any]]):
    """Where it goes, how it is paid, and ``seen`` of the quote. Only read here: the service says all that is wrong."""

    seen = serializers.CharField(max_length=64)
    name = serializers.CharField(allow_blank=True, default="")
    phone = serializers.CharField(allow_blank=True, default="")
    district = serializers.CharField(allow_blank=True, default="")
    area = serializers.CharField(allow_blank=True, default="")
    street = serializers.CharField(allow_blank=True, default="")
    postcode = serializers.CharField(allow_blank=True, default="")
    note = serializers.CharField(allow_blank=True, default="")
    provider = serializers.CharField(allow_blank=True, default="")
    coupon = serializers.CharField(allow_blank=True, default="")


class CancelSerializer(serializers.Serializer[dict[str, Any]]):
    """``lines``: how many by id of the line; null cancels all that is left."""

    why = serializers.CharField(max_length=600, allow_blank=True, default="")
    lines = serializers.DictField(child=serializers.IntegerField(min_value=0), allow_null=True, default=None)

    def validate_lines(self, lines: dict[str, int] | None) -> dict[int, int] | None:
        if lines is None:
            return None
        if wrong := next((key for key in lines if not (key.isascii() and key.isdecimal() and len(key) < 19)), None):
            raise serializers.ValidationError(f"“{wrong[:20]}” is no id of a line, such as 41.")
        return {int(key): quantity for key, quantity in lines.items()}


class ToldSerializer(serializers.Serializer[dict[str, Any]]):
    """What the buyer tells of a transfer; only read here."""

    trx_id = serializers.CharField(allow_blank=True, default="")
    sender = serializers.CharField(allow_blank=True, default="")


class OrderList(APIView):
    """The caller's orders, newest first; and placing what is in the cart."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        cursor = request.query_params.get("after", "")
        page = keyset_page(selectors.my_orders(request.user), order=("-pk",), cursor=cursor, size=PAGE_SIZE)
        following = f"{request.path}?{urlencode({'after': page.next_cursor})}" if page.has_next else None
        found = [order_json(order, list(order.items.all())) for order in page.rows]
        return Response({"results": found, "next": following})

    def post(self, request: Request) -> Response:
        key = key_of(request)
        values = checked(NewOrderSerializer(data=request.data))
        seen = values.pop("seen")
        order = checkout.place_order(actor=actor_of(request), details=Details(**values), seen=seen, idempotency_key=key)
        return Response(_whole(request, order.number), status=201)


class OrderDetail(APIView):
    """One order, with what to do now. Staff of the order desk read every one."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, number: str) -> Response:
        return Response(_whole(request, number))


class CancelOrder(APIView):
    """Cancel an order, or so many of its lines. The whole order may be cancelled again."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, number: str) -> Response:
        order = selectors.order_seen_by(request.user, number)
        values = checked(CancelSerializer(data=request.data))
        services.cancel(actor=actor_of(request), number=order.number, **values)
        return Response(_whole(request, number))


class TellPayment(APIView):
    """Tell the TrxID of a transfer. The same one may be told again. Screenshots are given on the page."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, number: str) -> Response:
        order = selectors.order_seen_by(request.user, number)
        told = Told(**checked(ToldSerializer(data=request.data)))
        payments.submit(actor=actor_of(request), number=order.number, told=told)
        return Response(_whole(request, number))


def _whole(request: Request, number: str) -> dict[str, Any]:
    page = selectors.order_page(request.user, number)
    given = deliveries.deliveries_of(page.items)
    return order_json(page.order, page.items) | {
        "note": page.order.note,
        "address": _address_json(page.order),
        "payment": _payment_json(page, page.live) if page.live else None,
        "can_cancel": page.can_cancel,
        "delivered": [{"line": item, "texts": [each.text for each in texts]} for item, texts in given.items()],
        "history": [
            {"at": event.at.isoformat(), "status": event.to_status, "what": event.what, "why": event.why}
            for event in page.events
        ],
    }


def order_json(order: Order, items: list[OrderItem]) -> dict[str, Any]:
    """All amounts are whole poisha, or whole coins."""
    return {
        "number": order.number,
        "status": order.status,
        "provider": order.provider,
        "placed_at": order.created_at.isoformat(),
        "expires_at": order.expires_at.isoformat() if order.expires_at else None,
        "subtotal_poisha": order.subtotal_poisha,
        "discount_poisha": order.discount_poisha,
        "coupon": order.coupon_code,
        "shipping_poisha": order.shipping_poisha,
        "vat_poisha": order.vat_poisha,
        "total_poisha": order.total_poisha,
        "total_coins": order.total_coins,
        "paid_poisha": order.paid_poisha,
        "paid_coins": order.paid_coins,
        "refunded_poisha": order.refunded_poisha,
        "refunded_coins": order.refunded_coins,
        "due_poisha": order.due_poisha,
        "owed_back_poisha": order.owed_back_poisha,
        "courier": order.courier,
        "tracking_number": order.tracking_number,
        "lines": [_item_json(item) for item in items],
    }


def _item_json(item: OrderItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        "sku": item.sku,
        "name": item.name,
        "label": item.label,
        "currency": item.currency,
        "unit_price": item.unit_price,
        "quantity": item.quantity,
        "discount_poisha": item.discount_poisha,
        "cancelled": item.cancelled_quantity,
        "returned": item.returned_quantity,
    }


def _address_json(order: Order) -> dict[str, str]:
    names = ("contact_name", "phone", "division", "district", "area", "street", "postcode")
    return {name: getattr(order, name) for name in names}


def _payment_json(page: OrderPage, payment: Payment) -> dict[str, Any]:
    """How it is to be paid. ``pay_to`` is null when there is no number to send it to."""
    return {
        "state": payment.state,
        "amount_poisha": payment.amount_poisha,
        "trx_id": payment.trx_id,
        "reference": page.order.number,
        "pay_to": {"number": page.pay_to.number, "holder": page.pay_to.holder, "details": page.pay_to.details}
        if page.pay_to
        else None,
        "rejected": page.rejected.reason if page.rejected else "",
    }
