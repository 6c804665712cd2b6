"""What staff may read and nobody edits by hand."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline


class _NothingByHand:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_NothingByHand, ModelAdmin):
    """A list and its details, without a way to change them."""


class ReadOnlyInline(_NothingByHand, TabularInline):
    """Rows on another page, without a way to change them."""

    extra = 0
    show_change_link = False
