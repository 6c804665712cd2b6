"""A person's address book."""

from django.db.models import QuerySet

from apps.core.errors import NotFound
from apps.ecommerce.models import Address
from apps.ecommerce.permissions import Viewer


def address_book(viewer: Viewer) -> QuerySet[Address]:
    """Return the viewer's addresses, the default first."""
    return Address.objects.filter(user=viewer.pk).order_by("-is_default", "-pk")


def own_address(viewer: Viewer, address_id: int) -> Address:
    """Return one of the viewer's addresses; others' do not exist for them."""
    address = address_book(viewer).filter(pk=address_id).first()
    if address is None:
        raise NotFound("There is no such address in your book.")
    return address
