"""The refusal of an upload."""

from django.core.exceptions import ValidationError


class ImageRefused(ValidationError):
    """An upload that is not stored; the message says why and what to do. Forms and the API show it at the field."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, code=code)
