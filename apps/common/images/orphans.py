"""Image files that no row names any more: what a killed process leaves behind."""

from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.common.images.fields import RenditionsField
from apps.common.images.purposes import all_purposes

# A file is written a moment before its row is committed; nothing younger than this is an orphan.
GRACE = timedelta(days=1)


def orphaned_files(*, grace: timedelta = GRACE) -> Iterator[str]:
    """Yield the storage names of renditions that belong to no row and are older than ``grace``."""
    known = set(_names_in_rows())
    oldest = timezone.now() - grace
    for purpose in all_purposes():
        for name in _files_below(purpose.name):
            image = name.rpartition("-")[0]
            if image not in known and default_storage.get_modified_time(name) < oldest:
                yield name


def _names_in_rows() -> Iterator[str]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, RenditionsField):
                rows = model._base_manager.exclude(**{field.attname: ""}).values_list(field.attname, flat=True)
                yield from rows.iterator(chunk_size=5000)


def _files_below(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for file in files:
        yield f"{folder}/{file}"
    for inner in folders:
        yield from _files_below(f"{folder}/{inner}")
