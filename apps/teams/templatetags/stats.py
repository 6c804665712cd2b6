"""Tells charts that have something to show from figures that stay the same."""

from collections.abc import Sequence

from django import template

from apps.corelib.charts import Datum

register = template.Library()


@register.filter
def varies(data: Sequence[Datum]) -> bool:
    """Whether a line of these values would be more than flat."""
    return len({datum.value for datum in data}) > 1
