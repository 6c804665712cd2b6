"""Pictures of products."""

from django.db import transaction

from apps.accounts.models import User
from apps.common import images
from apps.common.images import ProcessedImage
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.ecommerce import permissions
from apps.ecommerce.constants import IMAGES
from apps.ecommerce.models import ProductImage
from apps.ecommerce.services.checking import lock_product


def add_picture(*, actor: User, product_id: int, image: ProcessedImage, alt: str) -> ProductImage:
    """Add a picture behind the others.

    Raises:
        PermissionRefused: The actor does not keep the catalogue.
        DomainError: No words for people who can't see it.
        Conflict: The product has as many as it may.
    """
    alt = alt.strip()
    if not 1 <= len(alt) <= 120:
        raise DomainError("Say in at most 120 characters what the picture shows.", field="alt")
    permissions.check_change_catalogue(actor)
    with images.writing(image) as stored, transaction.atomic():
        product = lock_product(product_id)
        count = product.images.count()
        if count >= IMAGES:
            raise Conflict(f"A product has at most {IMAGES} pictures. Remove one first.")
        picture = ProductImage(product=product, alt=alt, position=count)
        images.assign(picture, "image", stored)
        picture.save(force_insert=True)
        audit.record(actor=actor, action="product.picture_added", target=product, new={"alt": alt})
        return picture


@transaction.atomic
def remove_picture(*, actor: User, picture_id: int) -> None:
    """Remove a picture; its files go with the commit."""
    permissions.check_change_catalogue(actor)
    picture = ProductImage.objects.select_for_update().select_related("product").filter(pk=picture_id).first()
    if picture is None:
        raise NotFound("There is no such picture.")
    images.assign(picture, "image", "")
    picture.delete()
    audit.record(actor=actor, action="product.picture_removed", target=picture.product, old={"alt": picture.alt})
