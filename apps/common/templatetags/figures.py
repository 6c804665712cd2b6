"""Money, coins, points and times, written the same way everywhere."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html

from apps.corelib import charts, figures

register = template.Library()

CHARTS = {
    "bar": charts.bars,
    "stack": charts.stack,
    "donut": charts.donut,
    "line": lambda data: charts.line([datum.value for datum in charts.as_data(data)], pad=6),
}


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


@register.filter
def points_text(number: float | str | None) -> str:
    """Write points: whole ones grouped, broken ones with one decimal."""
    if number is None or number == "":
        return ""
    value = float(number)
    return figures.grouped(int(value)) if value.is_integer() else f"{value:,.1f}"


@register.filter
def absolute(number: int) -> int:
    return abs(number)


@register.filter
def unlocalised(number: float) -> str:
    """Write a length for SVG, where the decimal sign is always a point."""
    return f"{number:g}"


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


@register.simple_tag
def chart_shapes(kind: str, data: Any) -> Any:
    """Compute what a chart component draws."""
    return CHARTS[kind](data)


@register.filter
def as_data(data: Any) -> list[charts.Datum]:
    return charts.as_data(data or [])


@register.simple_tag
def spark(values: Any, width: int = 96, height: int = 28) -> charts.Line | None:
    return charts.line(list(values), width=width, height=height, pad=3) if values else None
