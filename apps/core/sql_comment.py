"""Writes the request id and the page into every SQL statement, so that a slow query in the database's log has a cause.

The form is that of sqlcommenter: ``SELECT … /*request_id='…',route='teams%3Adetail'*/`` at the end of the statement.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from apps.core import context

# No quote, no star, no slash, no backslash, no percent sign: nothing that ends the comment or starts a parameter.
_UNSAFE = re.compile(r"[^A-Za-z0-9_.:-]")


def comment() -> str:
    """Return the comment of the current context with a space before it; nothing outside of any context."""
    known = context.current()
    members = {"request_id": known.request_id, "route": known.route, "task_id": known.task_id}
    pairs = [f"{name}='{_UNSAFE.sub('_', value)[:100]}'" for name, value in members.items() if value]
    return f" /*{','.join(pairs)}*/" if pairs else ""


def _execute(execute: Callable[..., Any], sql: Any, params: Any, many: bool, more: Any) -> Any:
    # psycopg's composed statements are no strings; Django makes them only while it changes the schema.
    return execute(sql + comment() if isinstance(sql, str) else sql, params, many, more)


def install(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receive ``connection_created``: every connection of every thread writes the comment from then on."""
    if _execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(_execute)
