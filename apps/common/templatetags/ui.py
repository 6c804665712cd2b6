"""Template tags of the components. Built in: templates need no ``{% load ui %}``."""

from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import QueryDict
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.common import icons
from apps.corelib import banner, crest, marks

register = template.Library()

THEMES = ("dark", "light")  # the first is the house\'s
AS_DEVICE = "device"
THEME_COOKIE = "theme"
# As --ground of tokens.css; tests/siteui/test_tokens.py holds them together.
GROUNDS = {"dark": "#0B0F16", "light": "#F5F7FA"}
# The order matters: a widget is of the first kind it fits.
WIDGET_KINDS: dict[str, tuple[type[forms.Widget], ...]] = {
    "checks": (forms.CheckboxSelectMultiple,),
    "radios": (forms.RadioSelect,),
    "checkbox": (forms.CheckboxInput,),
    "file": (forms.FileInput,),
    "select": (forms.Select,),
    "textarea": (forms.Textarea,),
}


@register.simple_tag
def icon(name: str, label: str = "") -> str:
    """Draw an icon. Without ``label`` it is decoration, which a screen reader skips."""
    if name not in icons.NAMES:
        if settings.DEBUG:
            raise template.TemplateSyntaxError(f"No icon {name!r}: add it to apps/common/icons.py.")
        name = "delta"
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 24 24" {}>{}</svg>', voice, mark_safe(icons.shapes()[name]))


@register.simple_tag
def attributes(attrs: Mapping[str, Any], **defaults: Any) -> str:
    """Write what a component was given and did not ask for, escaped. (``{{ attrs }}`` of django-cotton is not.)"""
    given = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else attrs
    merged = {name.replace("_", "-"): value for name, value in defaults.items()} | dict(given)
    parts = []
    for name, value in merged.items():
        if value is None or value is False:
            continue
        quoted = (
            "" if value is True else format_html('="{}"', mark_safe(conditional_escape(value).replace('"', "&quot;")))
        )
        parts.append(format_html(" {}{}", name, quoted))
    return mark_safe("".join(parts))


def chosen_theme(context: Mapping[str, Any]) -> str:
    """Return the theme of the visitor's cookie, dark without one, and nothing for "as this device"."""
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request else ""
    if chosen == AS_DEVICE:
        return ""
    return chosen if chosen in THEMES else THEMES[0]


@register.simple_tag(takes_context=True)
def theme_attribute(context: Mapping[str, Any]) -> str:
    """Write the theme that applies. For "as this device" there is none, and the style sheet asks the device."""
    chosen = chosen_theme(context)
    return format_html(' data-theme="{}"', chosen) if chosen else ""


@register.simple_tag
def crest_svg(tag: str, seed: str = "", size: int | str = 48, label: str = "") -> str:
    return mark_safe(crest.crest(str(tag or "?"), str(seed or ""), size=int(size), label=label or ""))


@register.simple_tag
def avatar_svg(name: str, seed: str = "", size: int | str = 40, label: str = "") -> str:
    return mark_safe(crest.avatar(str(name or ""), str(seed or ""), size=int(size), label=label or ""))


@register.simple_tag
def game_mark_svg(code: str, size: int | str = 24, label: str = "") -> str:
    return mark_safe(marks.game_mark(str(code), size=int(size), label=label or ""))


@register.filter
def field_kind(field: BoundField) -> str:
    """Name how a form field is laid out: checkbox, checks, radios, file, select, textarea or input."""
    widget = field.field.widget
    for kind, widgets in WIDGET_KINDS.items():
        if isinstance(widget, widgets):
            return kind
    return "input"


@register.filter
def with_attributes(field: BoundField, attrs: Any) -> SafeString:
    """Draw the widget with what the component was given: autocomplete, inputmode, placeholder, hx-…"""
    return field.as_widget(attrs=dict(attrs.attrs_dict()))


@register.filter
def error_fields(form: BaseForm) -> list[BoundField]:
    return [field for field in form if field.errors]


@register.simple_tag(takes_context=True)
def theme_colour(context: Mapping[str, Any]) -> str:
    """Tell the browser the colour of its own bar: of the chosen theme, or of both."""
    chosen = chosen_theme(context)
    if chosen:
        return format_html('<meta name="theme-color" content="{}">', GROUNDS[chosen])
    return format_html_join(
        "\n  ",
        '<meta name="theme-color" content="{}" media="(prefers-color-scheme: {})">',
        ((GROUNDS[theme], theme) for theme in THEMES),
    )


@register.simple_tag(takes_context=True)
def page_url(context: Mapping[str, Any], **changes: Any) -> str:
    """Return this page's address with some of its query changed; None removes."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def page_range(page: Page) -> list[Any]:
    """Return the numbers a pagination shows, with the paginator's ellipsis for gaps."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag
def avatar_of(profile: Any, name: str = "", seed: str = "", size: int | str = 40, label: str = "") -> str:
    """Draw a person: their picture if they have one (``avatar_url``), else their initials."""
    picture = getattr(profile, "avatar_url", "") if profile else ""
    if picture:
        return format_html(
            '<img class="avatar" src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
            picture,
            size,
            size,
            label or "",
        )
    name = name or getattr(profile, "display_name", "") or str(profile or "?")
    return avatar_svg(name, seed or str(getattr(profile, "pk", "") or name), size, label)


@register.simple_tag
def banner_svg(seed: str, mirrored: bool = False) -> str:
    return mark_safe(banner.banner(str(seed), mirrored=mirrored))
