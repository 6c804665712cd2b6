"""Files and rows that agree: new files before the row, old files after the commit."""

import logging
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction

from apps.common.images.errors import StorageTooSlow
from apps.common.images.fields import StoredImage
from apps.common.images.processing import ProcessedImage

logger = logging.getLogger(__name__)

# Somebody waits, and one file may take the four seconds that S3 is given: none is begun after these.
WRITE_FOR, DELETE_FOR = 4.0, 1.0  # seconds


@contextmanager
def writing(processed: ProcessedImage) -> Iterator[StoredImage]:
    """Write the renditions under a random name; take them away again if the block raises.

    Put the transaction inside, so that its rollback is seen::

        with images.writing(processed) as stored, transaction.atomic():
            profile = lock(...)
            images.assign(profile, "avatar", stored)
            profile.save(update_fields=["avatar"])
    """
    token = secrets.token_hex(16)
    stored = StoredImage(f"{processed.purpose.name}/{token[:2]}/{token}", processed.purpose)
    # A storage that takes no file takes no deletion either: what was written is left to ``manage.py prune_images``.
    _write(processed, stored)
    try:
        yield stored
    except BaseException:
        delete_files(stored.file_names)
        raise


def _write(processed: ProcessedImage, stored: StoredImage) -> None:
    began = time.monotonic()
    for width, content in processed.renditions.items():
        if time.monotonic() - began > WRITE_FOR:
            raise StorageTooSlow("The storage of pictures takes too long for a visitor who waits.")
        default_storage.save(stored.file_name(width), ContentFile(content))


def assign(instance: models.Model, field: str, stored: StoredImage | str) -> None:
    """Set an image (or ``""`` for none) on ``instance``; the old one's files go once the transaction commits."""
    old: StoredImage = getattr(instance, field)
    setattr(instance, field, stored)
    if old and old != stored:
        transaction.on_commit(partial(delete_files, old.file_names), robust=True)


def delete_files(names: Iterable[str]) -> None:
    """Delete files from storage. From the first that can't be on, they are left to ``manage.py prune_images``."""
    began = time.monotonic()
    for name in names:
        if time.monotonic() - began > DELETE_FOR:
            logger.warning("image files are left, the storage is slow", extra={"file": name})
            return
        try:
            default_storage.delete(name)
        except Exception:  # every storage has errors of its own; the change is committed and stays
            logger.warning("an image file could not be deleted", extra={"file": name}, exc_info=True)
            return
