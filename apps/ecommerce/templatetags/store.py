"""What only the store's pages draw."""

from decimal import Decimal

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

from apps.corelib import bangladesh
from apps.corelib.figures import coins, taka
from apps.corelib.wares import ware
from apps.ecommerce.constants import Currency
from apps.ecommerce.models import Order, Product
from apps.ecommerce.services.pricing import amount_words

register = template.Library()


@register.simple_tag
def ware_svg(product: Product) -> SafeString:
    """Draw a product that has no picture. Decoration: it always stands beside the name."""
    return mark_safe(ware(product.motif or product.category.motif, product.slug))


@register.simple_tag
def money(amount: int, currency: str) -> str:
    """Write whole poisha as taka, or whole coins."""
    return coins(amount) if currency == Currency.COINS else taka(Decimal(amount) / 100)


@register.simple_tag
def amount(poisha: int, amount_coins: int) -> str:
    """Write a sum in both currencies: "৳1,510 and 600 DC"."""
    return amount_words(poisha, amount_coins)


@register.simple_tag
def order_sum(order: Order) -> str:
    return amount_words(order.total_poisha, order.total_coins)


@register.simple_tag
def plain_taka(poisha: int) -> str:
    """Write an amount as an app takes it: no sign, no commas, poisha only when there are some."""
    return str(poisha // 100) if poisha % 100 == 0 else f"{poisha / 100:.2f}"


@register.filter
def district_name(code: str) -> str:
    return bangladesh.district_name(code)


@register.simple_tag
def payment_qr(number: str, poisha: int, reference: str) -> SafeString:
    """Draw a QR code that another phone reads as text."""
    code = segno.make(f"{number}\n{plain_taka(poisha)}\n{reference}", error="m", micro=False)
    return mark_safe(
        code.svg_inline(scale=5, border=4, dark="#0B0F16", light="#FFFFFF", title="Number, amount, reference")
    )
