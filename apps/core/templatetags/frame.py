"""Template tags that draw what apps registered in slots. Built in: templates need no ``{% load frame %}``."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from apps.core import slots

register = template.Library()


@register.simple_tag(takes_context=True)
def fill_slot(context: Mapping[str, Any], name: str) -> str:
    """Draw what apps registered for a slot.

    A filling is called with the request and returns HTML, a template name, a ``(template name, context)`` pair, or
    None to stay away.
    """
    request = context.get("request")
    parts = []
    for fill in slots.fillings(name) if request else []:
        piece = fill(request)
        if isinstance(piece, SafeString):
            parts.append(piece)
        elif isinstance(piece, str):
            parts.append(render_to_string(piece, request=request))
        elif piece:
            parts.append(render_to_string(piece[0], piece[1], request=request))
    return mark_safe("".join(parts))


@register.simple_tag(takes_context=True)
def nav_items(context: Mapping[str, Any], slot: str, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the places registered for ``slot`` with their URL and whether the visitor stands there."""
    request = context.get("request")
    if not request:
        return []
    places = []
    for fill in slots.fillings(slot):
        item = fill(request)
        if item is None:
            continue
        try:
            url = reverse(item.url_name, kwargs=item.kwargs)
        except NoReverseMatch:
            continue  # a place that this deployment does not have
        section = item.section or url
        inside = request.path == url or (section != "/" and request.path.startswith(section))
        current = "page" if request.path == url else "true" if inside else ""
        places.append({"label": item.label, "icon": item.icon, "url": url, "current": current})
    return places[:limit]
