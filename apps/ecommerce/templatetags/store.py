"""What only the store's pages draw."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from apps.corelib.wares import ware
from apps.ecommerce.models import Product

register = template.Library()


@register.simple_tag
def ware_svg(product: Product) -> SafeString:
    """Draw a product that has no picture. Decoration: it always stands beside the name."""
    return mark_safe(ware(product.motif or product.category.motif, product.slug))
