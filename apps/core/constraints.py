"""The database's word about a broken constraint, turned into a sentence for a person.

A look before the write can't win a race; the constraint does. What it says is a name inside an ``IntegrityError``.
This is the one place that reads the name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.apps import apps
from django.db import IntegrityError, models, transaction

from apps.core.errors import DomainError

Refusals = Mapping[str, Callable[[], DomainError]]

_SQLITE_NAMED = re.compile(r"(?:UNIQUE constraint failed: index '|CHECK constraint failed: )(?P<name>\w+)")
_SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (?P<columns>[\w., ]+)")


@contextmanager
def refusing(refusals: Refusals) -> Iterator[None]:
    """Run the writes inside a savepoint; a broken constraint named in ``refusals`` becomes that refusal.

    The savepoint keeps the surrounding transaction usable, so a refusal may still query for a suggestion. A constraint
    that isn't named stays an ``IntegrityError``: it is a bug, not an answer.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = broken_constraint(error)
        if name not in refusals:
            raise
        raise refusals[name]() from error


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the constraint that ``error`` is about, or an empty string."""
    diagnostics = getattr(error.__cause__, "diag", None)
    if diagnostics is not None:
        return diagnostics.constraint_name or ""
    text = str(error)
    if named := _SQLITE_NAMED.search(text):
        return named["name"]
    if columns := _SQLITE_COLUMNS.search(text):
        return _unique_constraint_over([column.strip() for column in columns["columns"].split(",")])
    return ""


def _unique_constraint_over(columns: list[str]) -> str:
    """Find the name that SQLite doesn't tell: it lists ``table.column`` for indexes over plain columns.

    Two constraints may cover the same columns under different conditions; then the answer would be a guess, and none
    is given.
    """
    names = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.total_unique_constraints + _partial(model)
        if [f"{model._meta.db_table}.{_column(model, name)}" for name in constraint.fields] == columns
    }
    return names.pop() if len(names) == 1 else ""


def _column(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "column", name))


def _partial(model: type[models.Model]) -> list[models.UniqueConstraint]:
    return [
        constraint
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is not None and constraint.fields
    ]
