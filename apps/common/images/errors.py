"""The refusal of an upload, and a storage that keeps its visitor waiting."""

from django.core.exceptions import ValidationError


class ImageRefused(ValidationError):
    """An upload that is not stored; the message says why and what to do. Forms and the API show it at the field."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, code=code)


class StorageTooSlow(Exception):
    """Not all files of a picture could be written in time. Nothing refers to those that were. It passes: 503."""
