"""Pictures between two pages: a form that is shown again can't give a chosen file back to its input.

The renditions are stored under a name that no row has, and the page carries a signed token of it. What nobody comes
back for is an orphan, which ``manage.py prune_images`` removes after a day.
"""

import secrets
from dataclasses import dataclass

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.common.images.fields import StoredImage
from apps.common.images.orphans import GRACE
from apps.common.images.processing import ProcessedImage
from apps.common.images.purposes import Purpose, get_purpose

SALT = "common.images.staging"
SECONDS = int(GRACE.total_seconds() * 0.75)  # never longer than the files are safe


@dataclass(frozen=True)
class StagedImage:
    """A picture that waits for its form. ``token`` is good for its owner and purpose only."""

    token: str
    image: StoredImage


def stage(processed: ProcessedImage, *, owner: str) -> StagedImage:
    """Keep ``processed`` for ``owner`` until the form comes back with the token."""
    name = secrets.token_hex(16)
    stored = StoredImage(f"{processed.purpose.name}/{name[:2]}/{name}", processed.purpose)
    for width, content in processed.renditions.items():
        default_storage.save(stored.file_name(width), ContentFile(content))
    return StagedImage(_token(stored, owner), stored)


def staged(token: str, *, purpose: str, owner: str) -> ProcessedImage | None:
    """Return the picture behind ``token``, or None: it is too old, forged, somebody else's, or for something else."""
    found = find_staged(token, purpose=purpose, owner=owner)
    if found is None:
        return None
    renditions = {}
    for width in found.image.purpose.widths:
        try:
            with default_storage.open(found.image.file_name(width)) as file:
                renditions[width] = file.read()
        except OSError:
            return None
    return ProcessedImage(found.image.purpose, renditions)


def find_staged(token: str, *, purpose: str, owner: str) -> StagedImage | None:
    """Return what ``token`` stands for without reading the picture."""
    try:
        name = signing.loads(token, salt=_salt(get_purpose(purpose), owner), max_age=SECONDS)
    except signing.BadSignature:
        return None
    return StagedImage(token, StoredImage(name, get_purpose(purpose)))


def _token(stored: StoredImage, owner: str) -> str:
    return signing.dumps(str.__str__(stored), salt=_salt(stored.purpose, owner))


def _salt(purpose: Purpose, owner: str) -> str:
    return f"{SALT}:{purpose.name}:{owner}"
