"""Filters of the lists."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.notifications import registry


class TypeFilter(admin.SimpleListFilter):
    """By type. The names come from the code: a DISTINCT over millions of rows would come with each page."""

    title = "type"
    parameter_name = "type"
    column = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(known.code, f"{known.group_label}: {known.label}") for known in registry.all_types()]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(**{self.column: self.value()}) if self.value() else rows
