"""Pictures in templates, in the size in which they are shown."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.common.images.fields import StoredImage

register = template.Library()


@register.simple_tag
def picture(image: StoredImage, *, sizes: str, alt: str = "", css_class: str = "", loading: str = "lazy") -> SafeString:
    """Render an ``<img>`` with ``srcset``, or nothing for no image.

    Args:
        image: The value of a ``RenditionsField``.
        sizes: The shown width as CSS knows it: ``"64px"`` or ``"(min-width: 900px) 960px, 100vw"``.
        alt: What the picture says; empty for one beside its own name.
        css_class: Class names.
        loading: ``"eager"`` for what is seen first.
    """
    if not image:
        return SafeString("")
    width = image.purpose.widths[-1]
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}"'
        ' alt="{}" class="{}" loading="{}" decoding="async">',
        image.url(width // 2),
        image.srcset,
        sizes,
        width,
        image.purpose.height(width),
        alt,
        css_class,
        loading,
    )
