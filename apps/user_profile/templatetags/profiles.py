"""Tags of the profile pages."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.core import slots
from apps.user_profile.selectors import VisibleProfile

register = template.Library()


@register.simple_tag(takes_context=True)
def fill_profile_slot(context: Mapping[str, Any], name: str, profile: VisibleProfile) -> SafeString:
    """Draw what higher apps show on a player's page, e.g. ``profile_teams``.

    A filling is called with the request and the :class:`VisibleProfile` and returns HTML, a ``(template name,
    context)`` pair, or None. It must keep to what the viewer may see; a hidden profile is not offered at all.
    """
    if profile.is_hidden:
        return SafeString("")
    request = context["request"]
    pieces = []
    for fill in slots.fillings(name):
        piece = fill(request, profile)
        if isinstance(piece, tuple):
            pieces.append(render_to_string(piece[0], piece[1], request=request))
        elif piece:
            pieces.append(piece)
    return format_html_join("", "{}", ((piece,) for piece in pieces))
