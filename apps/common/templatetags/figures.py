"""Money, coins, points and times, written the same way everywhere."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html

from apps.corelib import figures

register = template.Library()


@register.filter
def taka(amount: Decimal | int | str | None, sign: str = "") -> str:
    """``1234567.5`` → ``৳12,34,567.50``. ``|taka:"sign"`` also writes the plus."""
    return "" if amount is None or amount == "" else figures.taka(amount, signed=sign == "sign")


@register.filter
def coins(amount: int | None, sign: str = "") -> str:
    """``12500`` → ``12,500 DC``."""
    return "" if amount is None or amount == "" else figures.coins(amount, signed=sign == "sign")


@register.filter
def grouped(number: int | None) -> str:
    """``12500`` → ``12,500``."""
    return "" if number is None or number == "" else figures.grouped(number)


@register.simple_tag
def moment(at: datetime | None, css: str = "") -> str:
    """Write a time as people say it, with the full form in Dhaka time on hover and for screen readers."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        at.isoformat(),
        figures.full_time(local),
        format_html(' class="{}"', css) if css else "",
        figures.relative_time(local, now=timezone.localtime()),
    )


@register.filter
def full_time(at: Any) -> str:
    return figures.full_time(timezone.localtime(at)) if at else ""
